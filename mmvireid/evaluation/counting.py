"""Ranks by counting: no gallery is ever sorted.

The rank of an image is the number of images that score at least as much,
ties going to the smaller index. Scores lie as ``(gallery, queries)``: an
image of the gallery is then a contiguous row, and taking some images copies
rows. Results of comparisons are written in the type of the scores, which
torch vectorises (results of type bool it does not).

:func:`encode_places` prepares one byte for each image and query, with which
many subsets of a gallery are ranked several times faster than with floats.
"""

import torch
from torch import Tensor

#: Words that add up before a byte overflows.
LANE = 255
#: Rows compared at a time, and bytes of results: these stay in the cache.
BLOCK_ROWS, BLOCK_BYTES = 4 * LANE, 1 << 21
#: Scores looked at again at a time, where some are equal.
TIED_ELEMENTS = 1 << 21
#: Cells of the table that finds an image's place among the positives.
CELLS = 4096
#: Images and queries whose places are found at a time.
PLACE_ELEMENTS = 1 << 19
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
        Tensor: ``(n, Q)`` int64 ranks, from 1. Those of ``-inf`` mean
        nothing.
    """
    own = scores.gather(0, rows)
    if scores.dtype == torch.uint8:
        return count_at_least(scores, own)
    # At least the next float: more than the row's own.
    above = torch.nextafter(own, own.new_tensor(torch.inf))
    counts = count_at_least(scores, torch.cat([own, above]))
    ranks, above = counts.split(len(rows))
    # Usually nothing but the row itself scores the same. (Rows that take no
    # part all do, but have no rank.)
    tied = (ranks - above > 1) & (own > -torch.inf)
    at_once = max(1, TIED_ELEMENTS // len(scores))
    for pairs in tied.nonzero().split(at_once):
        place, query = pairs.T
        equal = scores[:, query] == own[place, query]
        later = index[:, None] > index[rows[place, query]]
        ranks[place, query] -= (equal & later).sum(0)
    return ranks


def count_at_least(scores: Tensor, thresholds: Tensor) -> Tensor:
    """Count the rows that reach thresholds.

    Args:
        scores (Tensor): ``(N, Q)`` contiguous floats or uint8.
        thresholds (Tensor): ``(n, Q)`` of the same type.

    Returns:
        Tensor: ``(n, Q)`` int64 counts.
    """
    rows, width = scores[:BLOCK_ROWS].shape
    step = max(1, BLOCK_BYTES // (rows * width * scores.element_size()))
    counts = []
    for part in thresholds.split(step):
        sums = []
        for block in scores.split(BLOCK_ROWS):
            buffer = block.new_empty(len(part), *block.shape)
            torch.ge(block, part[:, None], out=buffer)
            sums += _partial_sums(buffer)
        counts.append(_total(sums))
    return torch.cat(counts).long()


def sum_rows(mask: Tensor) -> Tensor:
    """Add up zeros and ones.

    Args:
        mask (Tensor): ``(N, Q)`` contiguous floats or uint8.

    Returns:
        Tensor: ``(Q,)`` int64 sums.
    """
    return _total(_partial_sums(mask)).long()


def _partial_sums(mask: Tensor) -> list[Tensor]:
    """Add up parts of the rows of ``(..., N, Q)`` zeros and ones."""
    if mask.dtype != torch.uint8:
        return [mask.sum(-2, keepdim=True)]
    if mask.shape[-1] % 8:
        return [mask.sum(-2, keepdim=True, dtype=torch.int64)]
    # Eight bytes, read as one int64, add up lane by lane: no lane passes 255,
    # and so carries into the next, before 255 words are added.
    words = mask.view(torch.int64)
    whole = words.shape[-2] // LANE * LANE
    parts = []
    if whole:
        lanes = words[..., :whole, :].unflatten(-2, (-1, LANE))
        parts.append(lanes.sum(-2))
    if whole < words.shape[-2]:
        parts.append(words[..., whole:, :].sum(-2, keepdim=True))
    return [part.view(torch.uint8) for part in parts]


def _total(parts: list[Tensor]) -> Tensor:
    if len(parts) == 1 and parts[0].shape[-2] == 1:
        # Also where it holds lanes: one sum of at most 255.
        return parts[0].squeeze(-2)
    total = parts[0] if len(parts) == 1 else torch.cat(parts, -2)
    if total.dtype != torch.uint8:
        return total.sum(-2)
    # Converting takes the time: to the narrowest type that holds the sum.
    narrow = total.shape[-2] * LANE <= torch.iinfo(torch.int16).max
    return total.sum(-2, dtype=torch.int16 if narrow else torch.int32)


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
        positives (Tensor): ``(n, Q)`` rows, ascending among the valid ones;
            ``n`` at most :data:`MAX_PLACES`.
        valid (Tensor): ``(n, Q)`` bool, False where ``positives`` is padding
            or does not take part.

    Returns:
        Tensor: ``(G, Q)`` uint8 codes.
    """
    queries = max(1, PLACE_ELEMENTS // len(similarity))
    parts = zip(
        *(
            x.T.contiguous().split(queries)
            for x in (similarity, positives, valid)
        ),
        strict=True,
    )
    codes = torch.cat([MAX_PLACES - _places(*part) for part in parts])
    return codes.T.contiguous()


def _places(similarity: Tensor, positives: Tensor, valid: Tensor) -> Tensor:
    """Count the positives before each image; all tensors ``(Q, ...)``."""
    scores = similarity.gather(1, positives).masked_fill_(~valid, -torch.inf)
    scores, order = torch.sort(scores, dim=1, descending=True, stable=True)
    columns = positives.gather(1, order)
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
