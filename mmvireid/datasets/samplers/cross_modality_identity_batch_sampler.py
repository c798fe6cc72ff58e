"""Batches of some identities, each with images of both modalities."""

from collections.abc import Iterator

import numpy as np
from mmengine.dataset import DefaultSampler

from mmvireid.registry import DATA_SAMPLERS

from .deck import Deck
from .modality_batch_sampler import ModalityBatchSampler


@DATA_SAMPLERS.register_module()
class CrossModalityIdentityBatchSampler(ModalityBatchSampler):
    """Draws P identities with K visible and K infrared images each.

    A batch is ordered: first all visible images, identity by identity, then
    all infrared ones with the identities in the same order. Identities in
    one step are disjoint over all processes. An identity with fewer than K
    images in a modality is drawn with repetition.

    An epoch has ``N // (P * K * world_size) + 1`` batches, where ``N`` is
    the image count of the larger modality (Ye et al., TPAMI 2021; so is
    their released code).

    Args:
        sampler (DefaultSampler): See :class:`ModalityBatchSampler`.
        batch_size (int): Images per process and step; must be
            ``num_ids * 2 * num_instances``.
        num_ids (int): P, at least 2. Defaults to 8.
        num_instances (int): K, at least 1. Defaults to 4.
        replace (str): How images are drawn. ``'auto'`` passes through all
            identities, and through all images of each, before any comes
            again; ``'official'`` draws as AGW's released code, identities
            anew in each step and images with replacement. Defaults to
            ``'auto'``.
        num_batches (int, optional): Steps per epoch. Defaults to None: as
            above.

    Raises:
        ValueError: If an argument is out of its range, the batch size does
            not fit, or there are too few identities.
    """

    def __init__(
        self,
        sampler: DefaultSampler,
        batch_size: int,
        num_ids: int = 8,
        num_instances: int = 4,
        replace: str = 'auto',
        num_batches: int | None = None,
    ) -> None:
        super().__init__(sampler, batch_size, num_batches)
        self._check(batch_size, num_ids, num_instances, replace)
        self.num_ids = num_ids
        self.num_instances = num_instances
        self.replace = replace
        visible, infrared = (
            set(self.labels[indices].tolist()) for indices in self.of_modality
        )
        self.identities = np.array(sorted(visible & infrared), dtype=int)
        needed = num_ids * self.world_size
        if len(self.identities) < needed:
            raise ValueError(
                f'One step needs num_ids={num_ids} identities for each of '
                f'{self.world_size} processes, {needed} in all, but the data '
                f'set has {len(self.identities)} with images of both '
                'modalities. Lower num_ids and batch_size.'
            )
        self.images = [self._by_identity(part) for part in self.of_modality]

    def draws(
        self, generator: np.random.Generator, images: list
    ) -> Iterator[np.ndarray]:
        """Draw identities and images without end.

        Args:
            generator (np.random.Generator): The source of randomness.
            images (list[dict[int, np.ndarray]]): For each modality the
                indices of each identity's images.

        Yields:
            np.ndarray: ``(P * world_size, 2, K)`` indices.
        """
        if self.replace == 'official':
            return self._official_draws(generator, images)
        return self._even_draws(generator, images)

    def batch(self, drawn: np.ndarray) -> list[int]:
        """Return this process's batch of what was drawn for all.

        Args:
            drawn (np.ndarray): ``(P * world_size, 2, K)`` indices.

        Returns:
            list[int]: Indices, visible first.
        """
        return self.share(drawn).transpose(1, 0, 2).ravel().tolist()

    def default_num_batches(self) -> int:
        """Return ``N // (P * K * world_size) + 1``."""
        per_step = self.num_ids * self.num_instances * self.world_size
        return self.largest_modality() // per_step + 1

    def __iter__(self) -> Iterator[list[int]]:
        drawn = self.draws(self.generator(), self.images)
        for _ in range(len(self)):
            yield self.batch(next(drawn))

    def _official_draws(
        self, generator: np.random.Generator, images: list
    ) -> Iterator[np.ndarray]:
        """Yield ``(P * world_size, 2, K)`` indices, drawn independently."""
        count = self.num_ids * self.world_size
        while True:
            chosen = generator.choice(self.identities, count, replace=False)
            yield np.stack(
                [
                    [
                        generator.choice(part[label], self.num_instances)
                        for part in images
                    ]
                    for label in chosen.tolist()
                ]
            )

    def _even_draws(
        self, generator: np.random.Generator, images: list
    ) -> Iterator[np.ndarray]:
        """Yield ``(P * world_size, 2, K)`` indices, dealt from decks."""
        identities = Deck(self.identities, generator)
        decks = [
            {label: Deck(rows, generator) for label, rows in part.items()}
            for part in images
        ]
        while True:
            chosen = identities.draw(self.num_ids * self.world_size)
            yield np.stack(
                [
                    [deck[label].draw(self.num_instances) for deck in decks]
                    for label in chosen.tolist()
                ]
            )

    def _by_identity(self, indices: np.ndarray) -> dict[int, np.ndarray]:
        """Group image indices of one modality by label."""
        labels = self.labels[indices]
        order = np.argsort(labels, kind='stable')
        found, starts = np.unique(labels[order], return_index=True)
        parts = np.split(indices[order], starts[1:])
        return dict(zip(found.tolist(), parts, strict=True))

    @staticmethod
    def _check(
        batch_size: int, num_ids: int, num_instances: int, replace: str
    ) -> None:
        if num_ids < 2:
            raise ValueError(
                f'num_ids must be at least 2, but is {num_ids}: with a '
                'single identity in a batch no image has a negative, and '
                'metric losses have nothing to push apart.'
            )
        if num_instances < 1:
            raise ValueError(
                f'num_instances must be at least 1, but is {num_instances}.'
            )
        if batch_size != num_ids * 2 * num_instances:
            raise ValueError(
                'batch_size is per process and must be num_ids * 2 * '
                f'num_instances = {num_ids} * 2 * {num_instances} = '
                f'{num_ids * 2 * num_instances}, but is {batch_size}.'
            )
        if replace not in ('auto', 'official'):
            raise ValueError(
                f"replace must be 'auto' or 'official', but is '{replace}'."
            )
