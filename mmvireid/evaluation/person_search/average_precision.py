"""Average precision of many ranked lists at once."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class RankedLists:
    """Scores of ``n`` ranked lists.

    Attributes:
        precision (Tensor): ``(n,)`` float64 average precisions; 0 for a list
            without a right entry.
        right (Tensor): ``(n,)`` int64 numbers of right entries.
        ahead (Tensor): ``(n,)`` int64 numbers of wrong entries before the
            first right one in the order of the input; of those with the same
            score, the ones that come before it.
        ahead_or_tied (Tensor): ``(n,)`` int64 the same, and all wrong ones
            with the same score as the best right one.
    """

    precision: Tensor
    right: Tensor
    ahead: Tensor
    ahead_or_tied: Tensor


#: Number of wrong entries ahead where nothing is right.
NEVER = 1 << 40


def rank_lists(
    labels: Tensor, scores: Tensor, groups: Tensor, size: int
) -> RankedLists:
    """Rank the entries of each list by their scores.

    The average precision is that of scikit-learn: the sum over distinct
    scores, from the highest, of the precision down to there times the recall
    gained there. So equal scores are taken together, and their order does
    not matter to it.

    Args:
        labels (Tensor): ``(N,)`` bool, whether an entry is right.
        scores (Tensor): ``(N,)`` floats without NaN.
        groups (Tensor): ``(N,)`` int64, the list of each entry.
        size (int): The number ``n`` of lists.

    Returns:
        RankedLists: One value for each list.
    """
    order = scores.argsort(descending=True, stable=True)
    order = order[groups[order].argsort(stable=True)]
    labels, scores, groups = labels[order], scores[order], groups[order]
    device = scores.device
    counts = groups.bincount(minlength=size)
    starts = counts.cumsum(0) - counts
    rank = torch.arange(1, len(groups) + 1, device=device) - starts[groups]
    hits = labels.long().cumsum(0)
    before = torch.cat([hits.new_zeros(1), hits])[starts]
    hits = hits - before[groups]

    # Where the run of equal scores that an entry is in ends.
    last = torch.ones_like(labels)
    torch.ne(groups[1:], groups[:-1], out=last[:-1])
    last[:-1] |= scores[1:] != scores[:-1]
    ends = last.nonzero()[:, 0]
    at = torch.arange(len(groups), device=device)
    end = ends[torch.searchsorted(ends, at)]

    chosen = labels.nonzero()[:, 0]
    group, end = groups[chosen], end[chosen]
    right = group.bincount(minlength=size)
    share = hits[end].double() / rank[end]
    total = share.new_zeros(size).index_add_(0, group, share)
    ahead, tied = (
        torch.full((size,), NEVER, device=device).scatter_reduce_(
            0, group, wrong, 'amin'
        )
        for wrong in ((rank - hits)[chosen], rank[end] - hits[end])
    )
    return RankedLists(total / right.clamp_min(1), right, ahead, tied)
