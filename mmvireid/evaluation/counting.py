"""Ranks by counting: no gallery is ever sorted.

Both functions give the same ranks, those of a stable descending sort. They
differ in cost. With ``n`` positives a query, ``rank_by_comparison`` makes
``n`` comparisons per gallery image; ``place_among_positives`` pays a larger
constant once per image, after which every subset of the gallery is ranked by
a histogram.
"""

import torch
from torch import Tensor

#: Gallery columns that share a comparison threshold; a multiple of 8.
BLOCK = 64
#: Cells of the table that finds an image's place among the positives.
CELLS = 4096
#: Bools that one comparison may write: small enough to stay in the cache.
COMPARISONS = 1 << 20


def pad_columns(num_columns: int) -> int:
    """Round up to what :func:`rank_by_comparison` takes."""
    return -(-num_columns // BLOCK) * BLOCK


def count_true(mask: Tensor) -> Tensor:
    """Count the True of the last dimension, eight at a time.

    Args:
        mask (Tensor): ``(..., N)`` contiguous bool, ``N`` a multiple of 8.

    Returns:
        Tensor: ``(...,)`` int64 counts.
    """
    # Eight bools, read as one int64, add up lane by lane: no lane passes
    # 255, and so carries into the next, before 255 words are added.
    words = mask.view(torch.int64)
    parts = [part.sum(-1, keepdim=True) for part in words.split(255, dim=-1)]
    return torch.cat(parts, -1).view(torch.uint8).sum(-1)


def rank_by_comparison(similarity: Tensor, positives: Tensor) -> Tensor:
    """Rank some gallery images of every query by comparing with all others.

    Args:
        similarity (Tensor): ``(Q, G)`` contiguous floats, ``G`` a multiple of
            :data:`BLOCK`. Images that do not take part hold ``-inf``.
        positives (Tensor): ``(Q, n)`` columns of the images to rank.

    Returns:
        Tensor: ``(Q, n)`` int64 ranks, from 1. Those of columns that do not
        take part mean nothing.
    """
    rows = max(1, COMPARISONS // (positives.shape[1] * similarity.shape[1]))
    ranks = [
        _compare(part, columns)
        for part, columns in zip(
            similarity.split(rows), positives.split(rows), strict=True
        )
    ]
    return torch.cat(ranks)


def _compare(similarity: Tensor, positives: Tensor) -> Tensor:
    num_queries, num_positives = positives.shape
    blocks = similarity.view(num_queries, -1, BLOCK)
    own = similarity.gather(1, positives)
    home = positives // BLOCK
    # An equal similarity at a smaller index goes first. In the blocks before
    # the positive's own, ">=" is what counts, which is ">" the float below.
    below = torch.nextafter(own, own.new_tensor(-torch.inf))
    number = torch.arange(blocks.shape[1], device=similarity.device)
    threshold = torch.where(
        number < home[..., None], below[..., None], own[..., None]
    )
    above = blocks[:, None] > threshold[..., None]
    ranks = count_true(above.view(num_queries, num_positives, -1)) + 1
    query = torch.arange(num_queries, device=similarity.device)[:, None]
    equal = blocks[query, home] == own[..., None]
    before = torch.arange(BLOCK, device=similarity.device) < (
        positives % BLOCK
    ).unsqueeze(-1)
    return ranks + count_true(equal & before)


def place_among_positives(
    similarity: Tensor, positives: Tensor, valid: Tensor
) -> Tensor:
    """Count, for every gallery image, the positives ranked before it.

    Of two images the one with the larger count ranks later; two negatives
    with equal counts have no positive between them. The rank of a positive
    among any subset of the gallery that holds it is therefore the number of
    images of the subset whose count does not exceed its own.

    Args:
        similarity (Tensor): ``(Q, G)`` floats, ``-inf`` for images that do
            not take part.
        positives (Tensor): ``(Q, n)`` columns.
        valid (Tensor): ``(Q, n)`` bool, False where ``positives`` is padding
            or does not take part.

    Returns:
        Tensor: ``(Q, G)`` int64 in [0, n].
    """
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
    # A positive in another cell than the image's needs no closer look.
    cells = _to_cells(similarity, low, scale)
    inside = similarity.new_zeros(len(similarity), CELLS + 2)
    inside.scatter_add_(
        1, _to_cells(scores, low, scale), (scores > -torch.inf).to(scores)
    )
    inside = inside.long()
    ahead = total - inside.cumsum(1)
    table = torch.where(inside > 0, -1 - ahead, ahead)
    places = table.gather(1, cells)

    rows, images = (places < 0).nonzero(as_tuple=True)
    cell = rows * (CELLS + 2) + cells[rows, images]
    start = ahead.view(-1)[cell]
    places[rows, images] = _bisect(
        rows * positives.shape[1],
        similarity[rows, images],
        images,
        scores.view(-1),
        columns.view(-1),
        (start, start + inside.view(-1)[cell]),
    )
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
