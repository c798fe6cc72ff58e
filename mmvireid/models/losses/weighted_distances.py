"""The weighted distances of the weighted regularised triplet."""

from torch import Tensor

from .distance import pairwise_distance

#: What the released code adds to the sum of the weights.
OFFICIAL_EPSILON = 1e-6


def weighted_distances(
    features: Tensor, labels: Tensor, stable: bool = True
) -> tuple:
    """Average each anchor's distances, the hard ones weighing most.

    Ye et al. (TPAMI 2021), Eq. 9 and 10: positives (the anchor itself among
    them) are weighted by the softmax of their distances, negatives by that
    of their negated distances.

    Args:
        features (Tensor): ``(B, C)``.
        labels (Tensor): ``(B,)`` identity labels.
        stable (bool): Whether the weights are a true softmax. If False,
            they are computed as in the released code, which for negatives
            subtracts no maximum and adds 1e-6 to the sum: at distances
            above about 17 the weights vanish and so does the average.

    Returns:
        tuple[Tensor, Tensor]: The averages over the positives and over the
        negatives, ``(A,)`` each, of the ``A`` anchors that have negatives.
    """
    distance = pairwise_distance(features, features)
    same = labels[:, None] == labels
    has_negative = ~same.all(dim=1)
    distance, same = distance[has_negative], same[has_negative]
    average = _softmax_average if stable else _official_average
    return average(distance, distance, same), average(
        distance, -distance, ~same
    )


def _softmax_average(distance: Tensor, scores: Tensor, mask: Tensor) -> Tensor:
    weights = scores.masked_fill(~mask, float('-inf')).softmax(dim=1)
    return (weights * distance).sum(dim=1)


def _official_average(
    distance: Tensor, scores: Tensor, mask: Tensor
) -> Tensor:
    largest = (scores * mask).amax(dim=1, keepdim=True)
    # Masked before exp, which overflows for far pairs that do not count.
    weights = (scores - largest).masked_fill(~mask, float('-inf')).exp()
    total = weights.sum(dim=1, keepdim=True) + OFFICIAL_EPSILON
    return (weights / total * distance).sum(dim=1)
