"""Counting equal things."""

import torch
from torch import Tensor


def ordinals(keys: Tensor) -> Tensor:
    """Count the equal keys before each.

    Args:
        keys (Tensor): ``(n,)`` integers.

    Returns:
        Tensor: ``(n,)`` int64: 0 for the first of its kind, 1 for the
        second, ...

    Examples:
        >>> ordinals(torch.tensor([7, 7, 5, 7])).tolist()
        [0, 1, 0, 2]
    """
    order = keys.argsort(stable=True)
    ordered = keys[order]
    positions = torch.arange(len(keys), device=keys.device)
    first = torch.searchsorted(ordered, ordered)
    return torch.empty_like(positions).scatter_(0, order, positions - first)
