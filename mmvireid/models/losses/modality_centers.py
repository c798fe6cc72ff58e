"""The mean features of each identity in each modality."""

import torch
from torch import Tensor

from mmvireid.models.precision import at_least_float32


def modality_centers(
    features: Tensor, labels: Tensor, num_visible: int
) -> tuple:
    """Average the features of each identity, modality by modality.

    Args:
        features (Tensor): ``(B, C)``, visible first.
        labels (Tensor): ``(B,)`` identity labels in any order.
        num_visible (int): How many rows are visible.

    Returns:
        tuple[Tensor, Tensor]: The visible and the infrared centres, each
        ``(P, C)`` in float32 (or float64), of the ``P`` identities that
        have images of both modalities, ordered by label.
    """
    features = at_least_float32(features)
    identities, index = labels.unique(return_inverse=True)
    parts = (slice(0, num_visible), slice(num_visible, None))
    sums = features.new_zeros(2, len(identities), features.shape[1])
    counts = features.new_zeros(2, len(identities))
    ones = torch.ones_like(index, dtype=features.dtype)
    sums = torch.stack(
        [s.index_add(0, index[part], features[part])
         for s, part in zip(sums, parts, strict=True)]
    )  # fmt: skip
    counts = torch.stack(
        [c.index_add(0, index[part], ones[part])
         for c, part in zip(counts, parts, strict=True)]
    )  # fmt: skip
    in_both = (counts > 0).all(dim=0)
    centers = sums[:, in_both] / counts[:, in_both, None]
    return centers[0], centers[1]
