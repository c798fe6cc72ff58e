"""Training stops when its loss is no number."""

import math

import torch
from mmengine.hooks import Hook

from mmvireid.registry import HOOKS


@HOOKS.register_module()
class InvalidLossHook(Hook):
    """Raise when a loss is infinite or NaN.

    Args:
        interval (int): Iterations between checks; on an accelerator each
            check waits for the device. Defaults to 50.
    """

    def __init__(self, interval: int = 50) -> None:
        self.interval = interval

    def after_train_iter(
        self,
        runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Check the losses.

        Args:
            runner (Runner): The runner.
            batch_idx (int): The number of the batch in the epoch.
            data_batch (dict, optional): The batch.
            outputs (dict, optional): What the training step returned.

        Raises:
            FloatingPointError: If one is not finite.
        """
        if not self.every_n_train_iters(runner, self.interval):
            return
        losses = {
            name: torch.as_tensor(value).item()
            for name, value in outputs.items()
            if 'loss' in name
        }
        wrong = {n: v for n, v in losses.items() if not math.isfinite(v)}
        if wrong:
            raise FloatingPointError(
                f'Losses must be finite, but at iteration {runner.iter + 1} '
                f'of training {wrong} were found. Lower the learning rate, '
                'clip the gradients (optim_wrapper.clip_grad) or train '
                'without --amp; resume from a checkpoint before it.'
            )
