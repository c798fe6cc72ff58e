"""Whose turn it is in a bi-level search."""

from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop

from mmvireid.datasets.samplers import AlternatingIdentityBatchSampler
from mmvireid.registry import HOOKS

from ..optimizers.alternating_optim_wrapper import (
    TURNS,
    AlternatingOptimWrapper,
)


@HOOKS.register_module()
class AlternatingTurnHook(Hook):
    """Has each half of the images train what it is for.

    Batches of the training half update the network's weights, those of the
    validation half the architecture's. In the warm-up all batches are of the
    training half, and the architecture rests.

    Args:
        warmup_epochs (int): Length of the warm-up. Defaults to 0.
    """

    # Before any hook that reads the turn.
    priority = 'HIGH'

    def __init__(self, warmup_epochs: int = 0) -> None:
        self.warmup_epochs = warmup_epochs

    def before_train(self, runner) -> None:
        """Check that the parts of the search are there.

        Args:
            runner (Runner): The runner.

        Raises:
            TypeError: If one is not.
        """
        parts = {
            'train_cfg.by_epoch=True': (
                runner.train_loop, EpochBasedTrainLoop,
            ),
            'batch_sampler=dict(type="AlternatingIdentityBatchSampler")': (
                runner.train_dataloader.batch_sampler,
                AlternatingIdentityBatchSampler,
            ),
            'optim_wrapper=dict(constructor='
            '"AlternatingOptimWrapperConstructor")': (
                runner.optim_wrapper, AlternatingOptimWrapper,
            ),
        }  # fmt: skip
        for setting, (found, wanted) in parts.items():
            if not isinstance(found, wanted):
                raise TypeError(
                    f'AlternatingTurnHook needs {setting}, but found '
                    f'{type(found).__name__}.'
                )

    def before_train_epoch(self, runner) -> None:
        """End the warm-up when its time has come.

        Args:
            runner (Runner): The runner.
        """
        sampler = runner.train_dataloader.batch_sampler
        sampler.alternating = runner.epoch >= self.warmup_epochs

    def before_train_iter(
        self, runner, batch_idx: int, data_batch: dict | None = None
    ) -> None:
        """Give the turn to what the batch is for.

        Args:
            runner (Runner): The runner.
            batch_idx (int): The number of the batch in the epoch.
            data_batch (dict, optional): Not looked at.
        """
        sampler = runner.train_dataloader.batch_sampler
        runner.optim_wrapper.turn = TURNS[sampler.half_of(batch_idx)]
