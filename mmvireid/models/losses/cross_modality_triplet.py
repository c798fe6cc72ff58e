"""CM-NAS's triplet loss."""

import torch
from torch import Tensor, nn

from mmvireid.registry import MODELS

from .distance import pairwise_distance
from .hard_triplet import batch_hard, hardest_to_loss


@MODELS.register_module()
class CrossModalityTriplet(nn.Module):
    """Hard triplets within and across modalities.

    From the released code of Fu et al., "CM-NAS: Cross-Modality Neural
    Architecture Search for Visible-Infrared Person Re-Identification" (ICCV
    2021): anchors of each modality meet the images of either, so that there
    are four terms, whose mean is taken.

    Args:
        margin (float, optional): The margin, in units of the features. None
            is the soft margin ``log(1 + exp(d_positive - d_negative))``.
            Defaults to 0.4.
    """

    def __init__(self, margin: float | None = 0.4) -> None:
        super().__init__()
        self.margin = margin

    def forward(
        self, features: Tensor, labels: Tensor, num_visible: int
    ) -> Tensor:
        """Compute the mean of the four terms.

        A term takes in the anchors that have both a positive and a negative
        there.

        Args:
            features (Tensor): ``(B, C)``, visible first.
            labels (Tensor): ``(B,)`` identity labels.
            num_visible (int): How many rows are visible.

        Returns:
            Tensor: A scalar, 0 if the batch holds a single identity.

        Raises:
            ValueError: If the batch lacks a modality.
        """
        sizes = (num_visible, len(features) - num_visible)
        if 0 in sizes:
            raise ValueError(
                'CrossModalityTriplet needs images of both modalities, but '
                f'got {sizes[0]} visible and {sizes[1]} infrared ones.'
            )
        distance = pairwise_distance(features, features)
        same = labels[:, None] == labels
        terms = [
            hardest_to_loss(*batch_hard(block, mask), self.margin)
            for rows, row_mask in zip(
                distance.split(sizes), same.split(sizes), strict=True
            )
            for block, mask in zip(
                rows.split(sizes, dim=1),
                row_mask.split(sizes, dim=1),
                strict=True,
            )
        ]
        return torch.stack(terms).mean()
