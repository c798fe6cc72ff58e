"""CM-NAS's correlation consistency."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS


@MODELS.register_module()
class CorrelationConsistency(nn.Module):
    """Has images relate to each other alike in both modalities.

    Fu et al. (ICCV 2021), after Tung & Mori, "Similarity-Preserving Knowledge
    Distillation" (ICCV 2019): the mean squared difference of the two matrices
    of inner products, each with rows of unit length. The released code
    weights it 5 and applies it to the features after the BNNeck.
    """

    def forward(
        self, features: Tensor, labels: Tensor, num_visible: int
    ) -> Tensor:
        """Compute the mean over the entries.

        Images of one label are matched by their order in each modality.

        Args:
            features (Tensor): ``(B, C)``, visible first.
            labels (Tensor): ``(B,)`` identity labels, each as often visible
                as infrared.
            num_visible (int): How many rows are visible; must be ``B / 2``.

        Returns:
            Tensor: A scalar.

        Raises:
            ValueError: If the modalities differ in their labels.
        """
        halves = labels[:num_visible], labels[num_visible:]
        orders = [half.argsort(stable=True) for half in halves]
        if not torch.equal(
            *(half[o] for half, o in zip(halves, orders, strict=True))
        ):
            raise ValueError(
                'CorrelationConsistency compares images of the same '
                'identities in both modalities, but the batch has '
                f'{num_visible} visible and {len(labels) - num_visible} '
                'infrared images, whose labels differ. Draw batches with '
                'CrossModalityIdentityBatchSampler, one view of each image.'
            )
        with without_autocast(features):
            features = at_least_float32(features)
            parts = features[:num_visible], features[num_visible:]
            visible, infrared = (
                _relations(part[o])
                for part, o in zip(parts, orders, strict=True)
            )
            return F.mse_loss(visible, infrared)


def _relations(features: Tensor) -> Tensor:
    """Compute the inner products, ``(n, n)``, with rows of unit length."""
    # Scaled first, which the unit length undoes: long features would
    # overflow the squares, short ones vanish in them.
    longest = features.detach().norm(dim=1).amax()
    features = features / longest.clamp(min=torch.finfo(features.dtype).tiny)
    return F.normalize(features @ features.T, dim=1)
