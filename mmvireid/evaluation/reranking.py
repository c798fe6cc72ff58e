"""Re-ranking with k-reciprocal neighbours (Zhong et al., CVPR 2017).

Queries and gallery are one set of ``N`` images. An image is described by a
sparse vector ``V`` over the images that are its neighbours both ways; two
images are close where these vectors overlap.
"""

from typing import NamedTuple

import torch
from torch import Tensor

#: Distances held at a time.
BLOCK_ELEMENTS = 1 << 23
#: Pairs of sparse entries met at a time.
PAIR_ELEMENTS = 1 << 22


class _Sparse(NamedTuple):
    """Entries of a sparse matrix, ordered by row, then by column."""

    row: Tensor
    column: Tensor
    value: Tensor


def k_reciprocal_distance(
    query: Tensor,
    gallery: Tensor,
    k1: int = 20,
    k2: int = 6,
    lambda_value: float = 0.3,
) -> Tensor:
    """Compute re-ranked distances.

    Args:
        query (Tensor): ``(Q, C)`` features.
        gallery (Tensor): ``(G, C)`` features.
        k1 (int): Neighbours that may be reciprocal. Defaults to 20.
        k2 (int): Neighbours, the image itself among them, whose vectors are
            averaged (local query expansion). Defaults to 6.
        lambda_value (float): Weight of the original distance, in [0, 1].
            Defaults to 0.3.

    Returns:
        Tensor: ``(Q, G)`` distances, Eq. 12. The original distance is the
        squared Euclidean one, divided by the largest from the same query.

    Raises:
        ValueError: If an argument is out of range.
    """
    if k1 < 1 or k2 < 1 or not 0 <= lambda_value <= 1:
        raise ValueError(
            'Re-ranking needs k1 >= 1, k2 >= 1 and lambda_value in [0, 1], '
            f'but got {k1}, {k2} and {lambda_value}.'
        )
    features = torch.cat([query, gallery])
    neighbours = _nearest(features, max(k1 + 1, k2))
    sets = _expanded_sets(neighbours[:, : k1 + 1], round(k1 / 2))
    vectors = _encode(features, sets)
    if k2 > 1:
        vectors = _average_rows(vectors, neighbours[:, :k2])
    jaccard = _jaccard(vectors, len(query), len(gallery))
    result = jaccard.mul_(1 - lambda_value)
    for rows in _row_blocks(len(query), len(features), query.device):
        original = _distances(features, rows)
        result[rows] += lambda_value * original[:, len(query) :]
    return result


def _row_blocks(num_rows: int, width: int, device) -> tuple[Tensor, ...]:
    rows = torch.arange(num_rows, device=device)
    return rows.split(max(1, BLOCK_ELEMENTS // width))


def _distances(features: Tensor, rows: Tensor) -> Tensor:
    """Squared distances of some images to all, each row's largest being 1."""
    squares = features.square().sum(1)
    distance = (
        squares[rows, None] + squares - 2 * features[rows] @ features.T
    ).clamp_min_(0)
    tiny = torch.finfo(distance.dtype).tiny
    return distance / distance.amax(1, keepdim=True).clamp_min(tiny)


def _nearest(features: Tensor, count: int) -> Tensor:
    """Return the ``(N, count)`` nearest images; the first is the image."""
    count = min(count, len(features))
    nearest = []
    for rows in _row_blocks(len(features), len(features), features.device):
        distance = _distances(features, rows)
        # An image precedes its duplicates in its own list.
        distance.scatter_(1, rows[:, None], -1)
        nearest.append(distance.topk(count, largest=False).indices)
    return torch.cat(nearest)


def _reciprocal(neighbours: Tensor) -> Tensor:
    """Return which of the ``(N, k)`` neighbours have the image in theirs."""
    own = torch.arange(len(neighbours), device=neighbours.device)
    return (neighbours[neighbours] == own[:, None, None]).any(2)


def _expanded_sets(neighbours: Tensor, half: int) -> tuple[Tensor, Tensor]:
    """Return R*, the expanded k-reciprocal neighbours (Eq. 5).

    Returns:
        tuple: ``(N, m)`` image indices, some repeated, and their validity.
    """
    valid = _reciprocal(neighbours)
    inner = neighbours[:, : half + 1]
    inner_valid = _reciprocal(inner)
    sets, masks = [], []
    # Each row meets k x half x k pairs of neighbours.
    width = neighbours.shape[1] ** 2 * inner.shape[1]
    for rows in _row_blocks(len(neighbours), width, neighbours.device):
        own, own_valid = neighbours[rows], valid[rows]
        other, other_valid = inner[own], inner_valid[own]
        shared = (other[..., None] == own[:, None, None]) & own_valid[
            :, None, None
        ]
        shared = (shared.any(3) & other_valid).sum(2)
        # Eq. 5: at least two thirds in common, counted in whole images.
        accepted = own_valid & (3 * shared >= 2 * other_valid.sum(2))
        sets.append(torch.cat([own, other.flatten(1)], 1))
        masks.append(
            torch.cat(
                [own_valid, (other_valid & accepted[..., None]).flatten(1)], 1
            )
        )
    return torch.cat(sets), torch.cat(masks)


def _encode(features: Tensor, sets: tuple[Tensor, Tensor]) -> _Sparse:
    """Weigh the set of every image by exp(-distance) (Eq. 7), to sum 1."""
    members, valid = sets
    size = len(features)
    members = members.masked_fill(~valid, size).sort(1).values
    first = torch.ones_like(valid)
    first[:, 1:] = members[:, 1:] != members[:, :-1]
    kept = first & (members < size)
    weights = torch.zeros_like(members, dtype=features.dtype)
    for rows in _row_blocks(size, size, features.device):
        distance = _distances(features, rows)
        at = members[rows].clamp_max(size - 1)
        weights[rows] = torch.exp(-distance.gather(1, at))
    weights.masked_fill_(~kept, 0)
    weights /= weights.sum(1, keepdim=True)
    row = torch.arange(size, device=features.device)[:, None]
    return _Sparse(row.expand_as(members)[kept], members[kept], weights[kept])


def _starts(indices: Tensor, size: int) -> Tensor:
    """Return where each value of a sorted index starts: ``(size + 1,)``."""
    values = torch.arange(size + 1, device=indices.device)
    return torch.searchsorted(indices.contiguous(), values)


def _meet(keys: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
    """Pair every key with all entries of that key.

    Returns:
        tuple: For each pair the position of the key and of the entry.
    """
    length = starts[keys + 1] - starts[keys]
    which = torch.repeat_interleave(length)
    before = length.cumsum(0) - length
    entry = torch.arange(len(which), device=keys.device) - before[which]
    return which, starts[keys][which] + entry


def _average_rows(vectors: _Sparse, neighbours: Tensor) -> _Sparse:
    """Average the vectors of every image's neighbours (Eq. 11)."""
    size, count = neighbours.shape
    starts = _starts(vectors.row, size)
    parts = []
    for rows in _row_blocks(size, size, neighbours.device):
        which, entry = _meet(neighbours[rows].flatten(), starts)
        dense = vectors.value.new_zeros(len(rows), size)
        dense.view(-1).index_add_(
            0,
            which // count * size + vectors.column[entry],
            vectors.value[entry] / count,
        )
        row, column = dense.nonzero(as_tuple=True)
        parts.append((row + rows[0], column, dense[row, column]))
    return _Sparse(*(torch.cat(part) for part in zip(*parts, strict=True)))


def _jaccard(vectors: _Sparse, num_query: int, num_gallery: int) -> Tensor:
    """Compute the Jaccard distance of queries and gallery (Eq. 10)."""
    size = num_query + num_gallery
    of_gallery = vectors.row >= num_query
    row, column, value = (part[of_gallery] for part in vectors)
    order = column.argsort(stable=True)
    row, value = row[order] - num_query, value[order]
    starts = _starts(column[order], size)
    num_entries = int((~of_gallery).sum())
    query_row, query_column, query_value = (
        part[:num_entries] for part in vectors
    )
    # As many entries at a time as meet a bounded number of others.
    met = (starts[query_column + 1] - starts[query_column]).cumsum(0)
    block = torch.div(met, PAIR_ELEMENTS, rounding_mode='floor')
    overlap = value.new_zeros(num_query * num_gallery)
    sizes = block.unique_consecutive(return_counts=True)[1].tolist()
    for part_row, part_column, part_value in zip(
        query_row.split(sizes),
        query_column.split(sizes),
        query_value.split(sizes),
        strict=True,
    ):
        which, entry = _meet(part_column, starts)
        overlap.index_add_(
            0,
            part_row[which] * num_gallery + row[entry],
            torch.minimum(part_value[which], value[entry]),
        )
    overlap = overlap.view(num_query, num_gallery)
    # Each vector sums to 1, so the union is 2 minus the overlap.
    return 1 - overlap / (2 - overlap)
