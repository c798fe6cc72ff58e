"""What a data set does with images that cannot be read."""

import logging
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmengine.dataset import force_full_init
from mmengine.logging import print_log

from mmvireid.utils.errors import UnreadableImageError

from .folders import unreadable_reason


class ReplaceUnreadable:
    """Mixin of mmengine's ``BaseDataset`` for images that are broken.

    In training an unreadable image is replaced by another one, which
    :meth:`alike` allows; :attr:`corrupt_count` counts such images
    over all worker processes. In testing it raises an error with its path.

    Attributes:
        corrupt_flags (Tensor): ``(N,)`` uint8 in shared memory, 1 for each
            image that was found unreadable.
    """

    #: what takes the place of an unreadable image, in words
    REPLACEMENT = 'another image'

    @property
    def corrupt_count(self) -> int:
        """int: How many images were found unreadable, in all workers."""
        return int(self.corrupt_flags.sum())

    @abstractmethod
    def alike(self, idx: int) -> tuple[np.ndarray, str]:
        """Say which images could stand for one that cannot be used.

        Args:
            idx (int): The index of that one.

        Returns:
            tuple[np.ndarray, str]: ``(N,)`` bool, true for them and for the
            one itself; and what they are, in words (plural).
        """

    def another_than(self, idx: int) -> int:
        """Choose an image instead of one that could not be used.

        Args:
            idx (int): The index of that one.

        Returns:
            int: The index of another one.

        Raises:
            UnreadableImageError: If none that is alike can be read.
        """
        alike, words = self.alike(idx)
        others = alike & (np.arange(len(alike)) != idx)
        if not (others & (self.corrupt_flags.numpy() == 0)).any():
            raise UnreadableImageError(
                f'None of the {alike.sum()} {words} can be read, e.g. '
                f"'{self.get_data_info(idx)['img_path']}'. Restore the files "
                'or take them out of the split.'
            )
        # Among all others: which are known to be unreadable differs between
        # workers. From numpy's global state, as mmcv's transforms draw.
        return int(np.random.choice(np.flatnonzero(others)))  # noqa: NPY002

    def full_init(self) -> None:
        """Read the records and set up what is kept for each."""
        if not self._fully_initialized:
            super().full_init()
            self.index_records()

    @force_full_init
    def get_subset_(self, indices: Sequence[int] | int) -> None:
        """Keep some of the samples only, see mmengine's ``BaseDataset``."""
        super().get_subset_(indices)
        self.index_records()

    @force_full_init
    def get_subset(self, indices: Sequence[int] | int) -> 'ReplaceUnreadable':
        """Return a data set of some of the samples, see mmengine's."""
        subset = super().get_subset(indices)
        subset.index_records()
        return subset

    def index_records(self) -> None:
        """Set up what is kept for each record: all are taken for readable."""
        # one flag per image: setting one twice, or from two workers at
        # once, does no harm, so no lock is needed
        self.corrupt_flags = torch.zeros(
            len(self), dtype=torch.uint8
        ).share_memory_()

    def __getitem__(self, idx: int) -> Any:
        if not self._fully_initialized:
            self.full_init()
        for _ in range(self.max_refetch + 1):
            data = self._try_to_prepare(idx)
            if data is not None:
                return data
            idx = self.another_than(idx)
        raise RuntimeError(
            f'The pipeline returned nothing for {self.max_refetch + 1} '
            'images in a row. Check its transforms.'
        )

    def _try_to_prepare(self, idx: int) -> Any:
        """Run the pipeline; None if another image shall be taken.

        Only if the file itself cannot be decoded is an error taken for a
        corrupt image; any other error is raised as it is.
        """
        error = None
        try:
            data = self.prepare_data(idx)
            if data is not None:
                return data
        except Exception as exception:
            error = exception
        path = self.get_data_info(idx)['img_path']
        reason = unreadable_reason(path)
        if error is not None and reason is None:
            raise error
        if self.test_mode:
            raise UnreadableImageError(
                f"Cannot test on the image '{path}': "
                f'{reason or "the pipeline returned None for it"}. Restore '
                'the file; leaving images out would change the results.'
            ) from error
        if reason is not None:
            self._mark_corrupt(idx, path, reason)
        return None

    def _mark_corrupt(self, idx: int, path: str, reason: str) -> None:
        if not self.corrupt_flags[idx]:
            self.corrupt_flags[idx] = 1
            print_log(
                f"Unreadable image '{path}' ({reason}): {self.REPLACEMENT} "
                'takes its place.',
                logger='current',
                level=logging.WARNING,
            )
