"""What the batch samplers over two modalities share."""

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
from mmengine.dataset import DefaultSampler
from torch.utils.data import Sampler

from mmvireid.structures import MODALITIES


class ModalityBatchSampler(Sampler):
    """Base of batch samplers that draw from both modalities.

    Rank, world size, seed and epoch are those of the wrapped sampler, so
    that mmengine's loops and hooks set the epoch as usual. Every process
    draws the batches of all processes from the same generator, seeded by
    seed and epoch, and yields its own share: an epoch can be drawn again
    exactly, and no two processes get the same images in one step.

    Args:
        sampler (DefaultSampler): The sampler that mmengine built over the
            data set.
        batch_size (int): Number of images per process and step.
        num_batches (int, optional): Steps per epoch. Defaults to None: as
            many as the subclass finds fit.

    Raises:
        TypeError: If the sampler is not mmengine's ``DefaultSampler``, or
            its data set has no labels and modalities.
        ValueError: If the data set has no image of one modality, or
            ``num_batches`` is not positive.
    """

    def __init__(
        self,
        sampler: DefaultSampler,
        batch_size: int,
        num_batches: int | None = None,
    ) -> None:
        if not isinstance(sampler, DefaultSampler):
            raise TypeError(
                f'{type(self).__name__} needs '
                "sampler=dict(type='DefaultSampler'), whose rank, seed and "
                f'epoch it reads, but got {type(sampler).__name__}.'
            )
        dataset = sampler.dataset
        if not (hasattr(dataset, 'labels') and hasattr(dataset, 'modalities')):
            raise TypeError(
                f'{type(self).__name__} needs a data set with the arrays '
                '`labels` and `modalities`, as a CrossModalityDataset has, '
                f'but got {type(dataset).__name__}.'
            )
        self.sampler = sampler
        self.batch_size = batch_size
        self.labels = dataset.labels
        self.of_modality = [
            np.flatnonzero(dataset.modalities == modality)
            for modality in range(2)
        ]
        for name, indices in zip(MODALITIES, self.of_modality, strict=True):
            if len(indices) == 0:
                raise ValueError(
                    f'{type(self).__name__} needs images of both modalities, '
                    f'but the data set has no {name} one.'
                )
        if num_batches is not None and num_batches < 1:
            raise ValueError(
                f'num_batches must be positive or None, not {num_batches}.'
            )
        self.num_batches = num_batches

    @property
    def world_size(self) -> int:
        """int: The number of processes that draw together."""
        return self.sampler.world_size

    def generator(self) -> np.random.Generator:
        """Return the generator of this epoch, the same on every process."""
        return np.random.default_rng([self.sampler.seed, self.sampler.epoch])

    def share(self, drawn: np.ndarray) -> np.ndarray:
        """Return this process's part of what was drawn for all.

        Args:
            drawn (np.ndarray): ``(world_size * n, ...)``.

        Returns:
            np.ndarray: ``(n, ...)``.
        """
        size = len(drawn) // self.world_size
        first = self.sampler.rank * size
        return drawn[first : first + size]

    def largest_modality(self) -> int:
        """Return the image count of the modality that has more."""
        return max(len(indices) for indices in self.of_modality)

    @abstractmethod
    def default_num_batches(self) -> int:
        """Return how many batches make one pass over the data set."""

    @abstractmethod
    def __iter__(self) -> Iterator[list[int]]:
        """Yield batches of indices, visible first, then infrared."""

    def __len__(self) -> int:
        """Return the number of batches per epoch and process."""
        if self.num_batches is not None:
            return self.num_batches
        return self.default_num_batches()
