"""Batches of two disjoint halves of every identity's images in turn."""

from collections.abc import Iterator

import numpy as np
from mmengine.dataset import DefaultSampler

from mmvireid.registry import DATA_SAMPLERS

from .cross_modality_identity_batch_sampler import (
    CrossModalityIdentityBatchSampler,
)


@DATA_SAMPLERS.register_module()
class AlternatingIdentityBatchSampler(CrossModalityIdentityBatchSampler):
    """Draws from a training and a validation half of the images in turn.

    For a bi-level search (Fu et al., ICCV 2021, after Liu et al., ICLR
    2019). The images of every identity are split in each modality, so that
    both halves hold all identities in both modalities; of an odd number the
    training half gets the one more. The split depends on ``split_seed``
    alone. The first batch of an epoch is of the training half.

    An epoch passes once over either half: ``2 * (N // (2 * P * K *
    world_size) + 1)`` batches, where ``N`` is the image count of the larger
    modality. While they do not alternate, it passes twice over the training
    half.

    Args:
        sampler (DefaultSampler): See :class:`ModalityBatchSampler`.
        batch_size (int): See :class:`CrossModalityIdentityBatchSampler`.
        split_seed (int): Seed of the split. Defaults to 0.
        **kwargs: Further arguments of
            :class:`CrossModalityIdentityBatchSampler`.

    Attributes:
        alternating (bool): Whether batches alternate; else all are of the
            training half.
            :class:`~mmvireid.engine.hooks.AlternatingTurnHook` sets it.

    Raises:
        ValueError: If an identity has a single image in a modality.
    """

    def __init__(
        self,
        sampler: DefaultSampler,
        batch_size: int,
        split_seed: int = 0,
        **kwargs,
    ) -> None:
        super().__init__(sampler, batch_size, **kwargs)
        self._require_two_images()
        generator = np.random.default_rng(split_seed)
        split = [
            {
                label: _halves(part[label], generator)
                for label in self.identities.tolist()
            }
            for part in self.images
        ]
        self.halves = [
            [
                {label: pair[half] for label, pair in part.items()}
                for part in split
            ]
            for half in range(2)
        ]
        self.alternating = True

    def half_of(self, batch: int) -> int:
        """Tell which half a batch is of.

        Args:
            batch (int): Its number in the epoch.

        Returns:
            int: 0 for training, 1 for validation.
        """
        return batch % 2 if self.alternating else 0

    def default_num_batches(self) -> int:
        """Return the length of a pass over both halves."""
        per_step = self.num_ids * self.num_instances * self.world_size
        return 2 * (self.largest_modality() // (2 * per_step) + 1)

    def __iter__(self) -> Iterator[list[int]]:
        generator = self.generator()
        drawn = [self.draws(generator, half) for half in self.halves]
        for number in range(len(self)):
            yield self.batch(next(drawn[self.half_of(number)]))

    def _require_two_images(self) -> None:
        for name, part in zip(
            ('visible', 'infrared'), self.images, strict=True
        ):
            lone = [
                label
                for label in self.identities.tolist()
                if len(part[label]) < 2
            ]
            if lone:
                raise ValueError(
                    'To be split in two halves every identity needs two '
                    f'images in each modality, but {len(lone)} of '
                    f'{len(self.identities)} have a single {name} one '
                    f'(labels {lone[:10]}). Leave them out of the training '
                    'split.'
                )


def _halves(images: np.ndarray, generator: np.random.Generator) -> tuple:
    """Split images at random; the first part may have one more."""
    shuffled = generator.permutation(images)
    middle = (len(images) + 1) // 2
    return np.sort(shuffled[:middle]), np.sort(shuffled[middle:])
