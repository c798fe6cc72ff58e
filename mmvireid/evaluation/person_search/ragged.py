"""Lists of unequal lengths as flat tensors, and boxes in them."""

import torch
from torch import Tensor


def expand(starts: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
    """List the ranges ``start .. start + count - 1`` one after the other.

    Args:
        starts (Tensor): ``(n,)`` int64.
        counts (Tensor): ``(n,)`` int64.

    Returns:
        tuple[Tensor, Tensor]: Which range each entry is of, ascending, and
        the entry.
    """
    owner = torch.arange(len(starts), device=starts.device)
    owner = owner.repeat_interleave(counts)
    first = starts - (counts.cumsum(0) - counts)
    return owner, torch.arange(len(owner), device=starts.device) + first[owner]


def first_of_best(values: Tensor, groups: Tensor, size: int) -> Tensor:
    """Find the largest value of each group.

    Args:
        values (Tensor): ``(n,)`` floats.
        groups (Tensor): ``(n,)`` int64 below ``size``.
        size (int): Number of groups.

    Returns:
        Tensor: ``(size,)`` int64 positions in ``values``; of equal ones the
        first, ``n`` for groups without any.
    """
    best = values.new_full((size,), -torch.inf)
    best.scatter_reduce_(0, groups, values, 'amax')
    at = torch.arange(len(values), device=values.device)
    at.masked_fill_(values != best[groups], len(values))
    first = torch.full_like(best, len(values), dtype=torch.int64)
    return first.scatter_reduce_(0, groups, at, 'amin')


def paired_iou(first: Tensor, second: Tensor) -> Tensor:
    """Return the intersection over union of boxes, pair by pair.

    Args:
        first (Tensor): ``(n, 4)`` x1, y1, x2, y2; a box is ``x2 - x1`` wide.
        second (Tensor): ``(n, 4)``.

    Returns:
        Tensor: ``(n,)`` in [0, 1]; 0 where both boxes are empty.
    """
    low = torch.maximum(first[:, :2], second[:, :2])
    high = torch.minimum(first[:, 2:], second[:, 2:])
    common = (high - low).clamp_min(0).prod(1)
    areas = [(box[:, 2:] - box[:, :2]).prod(1) for box in (first, second)]
    union = areas[0] + areas[1] - common
    return torch.where(union > 0, common / union, torch.zeros_like(union))
