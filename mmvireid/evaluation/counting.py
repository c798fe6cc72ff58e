"""Ranks by counting: no gallery is ever sorted.

The rank of an image is the number of images that score at least as much,
ties going to the smaller index. Scores lie as ``(gallery, queries)``: an
image of the gallery is then a contiguous row, and taking some images copies
rows. Results of comparisons are written in the type of the scores, which
torch vectorises (results of type bool it does not).

:func:`encode_places` prepares one byte for each image and query, with which
many subsets of a gallery are ranked several times faster than with floats.
"""

from collections.abc import Callable

import torch
from torch import Tensor

#: Bytes of scores compared at a time: these and the results stay in the cache.
BLOCK_BYTES = 1 << 19
#: Words that add up before a byte overflows.
LANE = 255
#: Cells of the table that finds an image's place among the positives.
CELLS = 4096
#: Queries whose places are found at a time.
PLACE_QUERIES = 32
#: Positives that one byte can tell apart, one value being kept for "ask".
MAX_PLACES = 254


def rank_rows(scores: Tensor, rows: Tensor, index: Tensor) -> Tensor:
    """Rank some rows of every column.

    Args:
        scores (Tensor): ``(G, Q)`` floats, or the uint8 codes of
            :func:`encode_places`.
        rows (Tensor): ``(n, Q)`` rows to rank.
        index (Tensor): ``(G,)`` which of two equal floats goes first: the one
            with the smaller index.

    Returns:
        Tensor: ``(n, Q)`` int64 ranks, from 1.
    """
    own = scores.gather(0, rows)
    ranks = _count(scores, own, torch.ge)
    if scores.dtype == torch.uint8:
        return ranks
    # Usually nothing but the row itself scores the same.
    tied = ranks - _count(scores, own, torch.gt) > 1
    if bool(tied.any()):
        place, query = tied.nonzero(as_tuple=True)
        equal = scores[:, query] == own[place, query]
        later = index[:, None] > index[rows[place, query]]
        ranks[place, query] -= (equal & later).sum(0)
    return ranks


def _count(
    scores: Tensor, own: Tensor, compare: Callable[..., Tensor]
) -> Tensor:
    """Count the rows that compare with each of ``own``: ``(n, Q)``."""
    row_bytes = scores.shape[1] * scores.element_size()
    counts: list = [0] * len(own)
    for block in scores.split(max(1, BLOCK_BYTES // row_bytes)):
        buffer = torch.empty_like(block)
        for number, threshold in enumerate(own.unbind()):
            compare(block, threshold, out=buffer)
            counts[number] += sum_rows(buffer)
    return torch.stack(counts).long()


def sum_rows(mask: Tensor) -> Tensor:
    """Add up zeros and ones.

    Args:
        mask (Tensor): ``(N, Q)`` contiguous floats or uint8.

    Returns:
        Tensor: ``(Q,)`` sums; int64 for uint8, otherwise the type of the
        mask.
    """
    if mask.dtype != torch.uint8:
        return mask.sum(0)
    width = mask.shape[1]
    if width % 8:
        return mask.sum(0, dtype=torch.int64)
    # Eight bytes, read as one int64, add up lane by lane: no lane passes 255,
    # and so carries into the next, before 255 words are added.
    words = mask.view(torch.int64)
    whole = len(words) // LANE * LANE
    parts = words[:whole].view(-1, LANE, width // 8).sum(1)
    parts = torch.cat([parts, words[whole:].sum(0, keepdim=True)])
    return parts.view(torch.uint8).sum(0, dtype=torch.int64)


def encode_places(
    similarity: Tensor, positives: Tensor, valid: Tensor
) -> Tensor:
    """Code how many of a query's positives rank before each image.

    A positive ranks before a negative exactly if its code is larger, and no
    two positives have the same code. So the rank of a positive among any
    subset of the gallery that holds it is the number of images of the subset
    whose code is at least its own.

    Args:
        similarity (Tensor): ``(G, Q)`` floats, ``-inf`` for images that do
            not take part. Of equal ones the smaller row goes first.
        positives (Tensor): ``(n, Q)`` rows, ``n`` at most
            :data:`MAX_PLACES`.
        valid (Tensor): ``(n, Q)`` bool, False where ``positives`` is padding
            or does not take part.

    Returns:
        Tensor: ``(G, Q)`` uint8 codes.
    """
    parts = zip(
        similarity.split(PLACE_QUERIES, 1),
        positives.split(PLACE_QUERIES, 1),
        valid.split(PLACE_QUERIES, 1),
        strict=True,
    )
    codes = [
        MAX_PLACES - _places(*(x.T.contiguous() for x in part))
        for part in parts
    ]
    return torch.cat(codes).T.contiguous()


def _places(similarity: Tensor, positives: Tensor, valid: Tensor) -> Tensor:
    """Count the positives before each image; all tensors ``(Q, ...)``."""
    scores = similarity.gather(1, positives).masked_fill_(~valid, -torch.inf)
    columns = positives.masked_fill(~valid, similarity.shape[1])
    columns, order = columns.sort(1)
    scores, again = torch.sort(
        scores.gather(1, order), dim=1, descending=True, stable=True
    )
    columns = columns.gather(1, again)
    total = valid.sum(1, keepdim=True)

    low = scores.gather(1, (total - 1).clamp_min(0))
    low.masked_fill_(total == 0, 0)
    width = scores[:, :1] - low
    scale = torch.where(width > 0, (CELLS / width).clamp_max(1e30), 1)
    # The cell grows with the similarity: rounding keeps the order of floats.
    # Only the positives of an image's own cell need a closer look.
    cells = _to_cells(similarity, low, scale)
    inside = positives.new_zeros(len(similarity), CELLS + 2)
    inside.scatter_add_(
        1, _to_cells(scores, low, scale), (scores > -torch.inf).long()
    )
    ahead = total - inside.cumsum(1)
    ask = MAX_PLACES + 1
    table = ahead.masked_fill(inside > 0, ask).to(torch.uint8)
    places = table.gather(1, cells)

    rows, images = (places == ask).nonzero(as_tuple=True)
    cell = rows * (CELLS + 2) + cells[rows, images]
    start = ahead.view(-1)[cell]
    found = _bisect(
        rows * positives.shape[1],
        similarity[rows, images],
        images,
        scores.view(-1),
        columns.view(-1),
        (start, start + inside.view(-1)[cell]),
    )
    places[rows, images] = found.to(torch.uint8)
    return places


def _to_cells(similarity: Tensor, low: Tensor, scale: Tensor) -> Tensor:
    cells = (similarity - low).mul_(scale).add_(1)
    return cells.clamp_(0, CELLS + 1).long()


def _bisect(
    offset: Tensor,
    score: Tensor,
    column: Tensor,
    scores: Tensor,
    columns: Tensor,
    bounds: tuple[Tensor, Tensor],
) -> Tensor:
    """Find how many sorted positives precede each image, within bounds."""
    start, end = bounds
    while bool((start < end).any()):
        middle = (start + end) // 2
        at = offset + middle.clamp_max(end - 1)
        other = scores[at]
        before = (other > score) | ((other == score) & (columns[at] < column))
        before &= start < end
        start = torch.where(before, middle + 1, start)
        end = torch.where(before, end, middle)
    return start
