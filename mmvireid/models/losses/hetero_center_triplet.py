"""The hetero-centre triplet loss."""

import torch
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32
from mmvireid.registry import MODELS

from .distance import pairwise_distance
from .hard_triplet import batch_hard, hardest_to_loss
from .modality_centers import modality_centers


@MODELS.register_module()
class HeteroCenterTriplet(nn.Module):
    """A hard triplet over the centres of identities in each modality.

    Liu et al., "Parameter Sharing Exploration and Hetero-Center Triplet Loss
    for Visible-Thermal Person Re-Identification" (TMM 2020), Eq. 9: the
    positive of a centre is that of the same identity in the other modality,
    its negative the nearest centre of another identity in either.

    Args:
        margin (float): The margin, in units of the features. Defaults to
            0.3.
    """

    def __init__(self, margin: float = 0.3) -> None:
        super().__init__()
        self.margin = margin

    def forward(
        self, features: Tensor, labels: Tensor, num_visible: int
    ) -> Tensor:
        """Compute the mean over all centres.

        Args:
            features (Tensor): ``(B, C)``, visible first.
            labels (Tensor): ``(B,)`` identity labels.
            num_visible (int): How many rows are visible.

        Returns:
            Tensor: A scalar, 0 if fewer than two identities have both
            modalities.
        """
        visible, infrared = modality_centers(features, labels, num_visible)
        if len(visible) < 2:
            return 0 * at_least_float32(features).sum()
        centers = torch.cat((visible, infrared))
        identity = torch.arange(len(visible), device=centers.device).repeat(2)
        distance = pairwise_distance(centers, centers)
        hardest = batch_hard(distance, identity[:, None] == identity)
        return hardest_to_loss(*hardest, self.margin)
