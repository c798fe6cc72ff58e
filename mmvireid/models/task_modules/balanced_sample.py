"""A random choice of anchors, half of them foreground."""

import torch
from torch import Tensor


def balanced_sample(grades: Tensor, budget: int) -> Tensor:
    """Draw anchors of one image, at most half of them foreground.

    As torchvision's ``BalancedPositiveNegativeSampler``: the rest of the
    budget is filled with background, as far as there is some, and nothing
    is mined.

    Args:
        grades (Tensor): ``(A,)``: above 0 foreground, 0 background, below 0
            not to be drawn.
        budget (int): How many to draw.

    Returns:
        Tensor: Ascending indices of the anchors that were drawn.
    """
    positive = (grades > 0).nonzero().flatten()
    negative = (grades == 0).nonzero().flatten()
    num_positive = min(len(positive), budget // 2)
    num_negative = budget - num_positive
    drawn = (
        positive[_shuffle(positive)[:num_positive]],
        negative[_shuffle(negative)[:num_negative]],
    )
    return torch.cat(drawn).sort().values


def _shuffle(indices: Tensor) -> Tensor:
    return torch.randperm(len(indices), device=indices.device)
