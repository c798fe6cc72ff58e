"""The metric of permutation recovery."""

from collections.abc import Sequence
from typing import Any

import torch

from mmvireid.registry import METRICS
from mmvireid.structures import MODALITIES

from ..assignment import best_permutations
from .sample_metric import SampleMetric


@METRICS.register_module()
class PermutationAccuracy(SampleMetric):
    """How well the order of shuffled stripes is recovered.

    The noise-free scores of :class:`GumbelSinkhornHead` are turned into the
    permutation of highest total score. Reported, in percent, for each
    modality and for all images: ``position``, the share of stripes that come
    to their place, and ``exact``, the share of images with all stripes in
    place. Chance is ``100 / n`` and ``100 / n!``.

    MMGL reports a permutation accuracy of 97.5 to 98.6 % without saying which
    of the two it is.

    Args:
        collect_device (str): See mmengine's ``BaseMetric``.
        collect_dir (str, optional): See mmengine's ``BaseMetric``.
    """

    default_prefix = 'permutation'

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep scores and truth of a batch.

        Args:
            data_batch (Any): Not used.
            data_samples (Sequence[dict]): Predictions with
                ``permutation_logits``, ``permutation``, ``modality`` and
                ``sample_idx``.

        Raises:
            ValueError: If the images were not shuffled or not scored.
        """
        for sample in data_samples:
            for name, source in (
                ('permutation_logits', 'a GumbelSinkhornHead in the heads'),
                ('permutation', "StripePermutation with 'val' in its phases"),
            ):
                if name not in sample:
                    raise ValueError(
                        f'PermutationAccuracy needs `{name}` of every image. '
                        f'The model must have {source}.'
                    )
            self.results.append(
                dict(
                    sample_idx=int(sample['sample_idx']),
                    modality=int(sample['modality']),
                    logits=sample['permutation_logits'].cpu(),
                    permutation=sample['permutation'].cpu(),
                )
            )

    def compute_metrics(self, results: list) -> dict:
        """Score all images.

        Args:
            results (list[dict]): One for each image.

        Returns:
            dict[str, float]: ``position`` and ``exact`` of all images, and
            as ``<modality>_position`` and ``<modality>_exact``.
        """
        ordered = self.one_of_each(results)
        found = best_permutations(torch.stack([r['logits'] for r in ordered]))
        truth = torch.stack([r['permutation'] for r in ordered])
        modality = torch.tensor([r['modality'] for r in ordered])
        right = (found == truth).double()
        scores = _scores('', right)
        for number, name in enumerate(MODALITIES):
            if (modality == number).any():
                scores.update(_scores(f'{name}_', right[modality == number]))
        return scores


def _scores(prefix: str, right: torch.Tensor) -> dict:
    return {
        f'{prefix}position': 100 * right.mean().item(),
        f'{prefix}exact': 100 * right.amin(dim=1).mean().item(),
    }
