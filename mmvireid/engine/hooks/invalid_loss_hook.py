"""Training stops when its loss is no number."""

import math

import torch
from mmengine.hooks import Hook

from mmvireid.registry import HOOKS


@HOOKS.register_module()
class InvalidLossHook(Hook):
    """Raise when a loss is infinite or NaN.

    The last losses before a checkpoint is saved, and those of an epoch, are
    always checked: no checkpoint of NaN pushes out the good ones.

    Args:
        interval (int): Iterations between checks; on an accelerator each
            check waits for the device. Defaults to 50.
    """

    def __init__(self, interval: int = 50) -> None:
        self.interval = interval
        self._losses: dict[str, torch.Tensor] = {}
        self._iteration = 0

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
        self._losses = {
            name: torch.as_tensor(value).detach()
            for name, value in outputs.items()
            if 'loss' in name
        }
        self._iteration = runner.iter + 1
        if self.every_n_train_iters(runner, self.interval):
            self._check()

    def after_train_epoch(self, runner) -> None:
        """Check the last losses.

        Args:
            runner (Runner): The runner.

        Raises:
            FloatingPointError: If one is not finite.
        """
        self._check()

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Check the last losses.

        Args:
            runner (Runner): The runner.
            checkpoint (dict): What would be saved.

        Raises:
            FloatingPointError: If one is not finite.
        """
        self._check()

    def _check(self) -> None:
        losses = {name: value.item() for name, value in self._losses.items()}
        wrong = {n: v for n, v in losses.items() if not math.isfinite(v)}
        if wrong:
            raise FloatingPointError(
                f'Losses must be finite, but at iteration {self._iteration} '
                f'of training {wrong} were found. Lower the learning rate, '
                'clip the gradients (optim_wrapper.clip_grad) or train '
                'without --amp; resume from a checkpoint before it.'
            )
