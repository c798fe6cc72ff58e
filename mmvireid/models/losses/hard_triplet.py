"""The triplet loss with hard mining inside the batch."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.registry import MODELS

from .distance import pairwise_distance


@MODELS.register_module()
class HardTriplet(nn.Module):
    """Hardest positive against hardest negative of every anchor.

    Hermans et al., "In Defense of the Triplet Loss" (2017), Eq. 5, over all
    images of the batch regardless of modality.

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
        """Compute the mean over all anchors that have a negative.

        Args:
            features (Tensor): ``(B, C)``.
            labels (Tensor): ``(B,)`` identity labels.
            num_visible (int): Not looked at: modalities are not told apart.

        Returns:
            Tensor: A scalar, 0 if the batch holds a single identity.
        """
        distance = pairwise_distance(features, features)
        same = labels[:, None] == labels
        hardest = batch_hard(distance, same)
        return hardest_to_loss(*hardest, self.margin)


def batch_hard(distance: Tensor, same: Tensor) -> tuple:
    """Find the hardest positive and negative of each row.

    Args:
        distance (Tensor): ``(N, M)``.
        same (Tensor): ``(N, M)`` whether row and column show one identity.

    Returns:
        tuple[Tensor, Tensor]: The largest distance to a positive and the
        smallest to a negative, each ``(N,)``; infinite where there is none.
    """
    infinity = float('inf')
    positive = distance.masked_fill(~same, -infinity).amax(dim=1)
    negative = distance.masked_fill(same, infinity).amin(dim=1)
    return positive, negative


def hardest_to_loss(
    positive: Tensor, negative: Tensor, margin: float | None
) -> Tensor:
    """Average the hinge over the anchors that have both.

    Args:
        positive (Tensor): ``(N,)`` distances to the hardest positive.
        negative (Tensor): ``(N,)`` distances to the hardest negative.
        margin (float, optional): The margin; None is the soft margin.

    Returns:
        Tensor: A scalar.
    """
    infinity = float('inf')
    # Of NaN the loss is to be NaN: it is not left out.
    complete = (positive != -infinity) & (negative != infinity)
    if not complete.any():
        return 0 * positive[positive.isfinite()].sum()
    gap = (positive - negative)[complete]
    hinge = F.softplus(gap) if margin is None else (margin + gap).relu()
    return hinge.mean()
