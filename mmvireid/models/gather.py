"""Rows of all processes."""

import torch
from mmengine.dist import all_gather, get_world_size
from torch import Tensor


def gather_rows(rows: Tensor) -> Tensor:
    """Join the rows of all processes, in the order of the processes.

    Args:
        rows (Tensor): ``(n, ...)``; ``n`` may differ between processes.

    Returns:
        Tensor: ``(sum of n, ...)`` without gradient; the rows themselves
        where there is one process.
    """
    rows = rows.detach()
    if get_world_size() == 1:
        return rows
    length = torch.tensor([len(rows)], device=rows.device)
    lengths = torch.cat(all_gather(length)).tolist()
    padded = rows.new_zeros(max(lengths), *rows.shape[1:])
    padded[: len(rows)] = rows
    parts = all_gather(padded)
    return torch.cat(
        [part[:n] for part, n in zip(parts, lengths, strict=True)]
    )
