"""Watching how many training images cannot be read."""

import torch
from mmengine.device import get_device
from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmvireid.registry import HOOKS
from mmvireid.utils.errors import UnreadableImageError


@HOOKS.register_module()
class CorruptImageHook(Hook):
    """Logs the count of unreadable images and stops if there are too many.

    A :class:`~mmvireid.datasets.CrossModalityDataset` replaces an
    unreadable training image by another one of the same person and
    modality, a data set of person search by any other scene. This hook logs
    after each epoch how many different images were replaced so far, over all
    worker processes and ranks. It comes after the hook that saves
    checkpoints, so that a training that is stopped can go on.

    Args:
        max_fraction (float): The largest fraction of the training images
            that may be unreadable, in [0, 1]. Defaults to 0.01.
        interval (int): How many iterations there are between two checks
            within an epoch. Defaults to 100.
    """

    priority = 'LOWEST'

    def __init__(self, max_fraction: float = 0.01, interval: int = 100):
        if not 0 <= max_fraction <= 1:
            raise ValueError(
                f'max_fraction must be in [0, 1], but is {max_fraction}.'
            )
        self.max_fraction = max_fraction
        self.interval = interval

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch=None, outputs=None
    ) -> None:
        """Check the count every ``interval`` iterations."""
        if self.every_n_train_iters(runner, self.interval):
            self.check(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Log and check the count."""
        count = self.check(runner)
        if count:
            runner.logger.warning(
                f'{count} of {len(runner.train_dataloader.dataset)} training '
                'images could not be read so far and were replaced.'
            )

    def check(self, runner: Runner) -> int:
        """Count the unreadable images.

        Args:
            runner (Runner): The runner.

        Returns:
            int: The count over all processes.

        Raises:
            UnreadableImageError: If they are more than ``max_fraction``.
        """
        dataset = runner.train_dataloader.dataset
        while not hasattr(dataset, 'corrupt_flags'):
            if not hasattr(dataset, 'dataset'):
                return 0
            dataset = dataset.dataset
        flags = dataset.corrupt_flags.to(get_device(), torch.int32)
        all_reduce(flags, 'max')
        count = int(flags.sum())
        if count > self.max_fraction * len(flags):
            raise UnreadableImageError(
                f'{count} of {len(flags)} training images '
                f'({100 * count / len(flags):.1f} %) cannot be read, more '
                f'than the {100 * self.max_fraction:g} % that are tolerated. '
                'Their paths are in the log above. Restore the files '
                '(tools/misc/verify_dataset.py, or verify_scenes.py for '
                'person search, lists all that are broken), '
                "or raise the hook's max_fraction."
            )
        return count
