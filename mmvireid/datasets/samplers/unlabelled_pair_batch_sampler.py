"""Batches of visible and infrared images regardless of identity."""

from collections.abc import Iterator

from mmengine.dataset import DefaultSampler

from mmvireid.registry import DATA_SAMPLERS

from .deck import Deck
from .modality_batch_sampler import ModalityBatchSampler


@DATA_SAMPLERS.register_module()
class UnlabelledPairBatchSampler(ModalityBatchSampler):
    """Draws as many visible as infrared images at random, without labels.

    For pre-training. Images of the larger modality come at most once in an
    epoch of the default length, those of the smaller one again when all
    have come. Images of one step are disjoint over all processes.

    Args:
        sampler (DefaultSampler): See :class:`ModalityBatchSampler`.
        batch_size (int): Images per process and step, half of them visible;
            must be even.
        num_batches (int, optional): Steps per epoch. Defaults to None: one
            pass over the larger modality, the last incomplete step left
            out.

    Raises:
        ValueError: If the batch size is odd, or larger than a modality.
    """

    def __init__(
        self,
        sampler: DefaultSampler,
        batch_size: int,
        num_batches: int | None = None,
    ) -> None:
        super().__init__(sampler, batch_size, num_batches)
        if batch_size < 2 or batch_size % 2:
            raise ValueError(
                'batch_size must be even, as half of the images are visible, '
                f'but is {batch_size}.'
            )
        smallest = min(len(indices) for indices in self.of_modality)
        if self.images_per_step() > smallest:
            raise ValueError(
                f'One step needs {self.images_per_step()} images of each '
                f'modality over {self.world_size} processes, but one '
                f'modality has {smallest}. Lower batch_size.'
            )

    def images_per_step(self) -> int:
        """Return how many images of one modality all processes draw."""
        return self.batch_size // 2 * self.world_size

    def default_num_batches(self) -> int:
        """Return the number of full steps in the larger modality."""
        return self.largest_modality() // self.images_per_step()

    def __iter__(self) -> Iterator[list[int]]:
        generator = self.generator()
        decks = [Deck(indices, generator) for indices in self.of_modality]
        for _ in range(len(self)):
            yield [
                index
                for deck in decks
                for index in self.share(
                    deck.draw(self.images_per_step())
                ).tolist()
            ]
