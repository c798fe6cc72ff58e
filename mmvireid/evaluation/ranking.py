"""From similarities to CMC, mAP and mINP.

CMC at the level of images and of identities, mAP as Zheng et al., ICCV 2015,
mINP as Ye et al., TPAMI 2021, Eq. 9. Nothing here sorts a gallery or holds a
queries x gallery matrix as a whole: see :mod:`mmvireid.evaluation.counting`.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

from mmvireid.structures import (
    ExclusionRule,
    RetrievalScores,
    RetrievalTrial,
)

from .counting import (
    pad_columns,
    place_among_positives,
    rank_by_comparison,
)

#: Similarities multiplied at a time, enough for the matrix product to be
#: efficient, and those ranked at a time, few enough for the caches.
MULTIPLY_ELEMENTS, RANK_ELEMENTS = 1 << 24, 1 << 20
#: Relative costs, measured: a comparison; a gallery image placed among the
#: positives; a placed image counted in one trial.
COST_COMPARE, COST_PLACE, COST_COUNT = 0.5, 12.0, 3.0

#: Given the ``(G,)`` indices of the gallery's images, returns a function that
#: takes ``(Q,)`` query indices and returns the ``(Q, G)`` similarities.
Similarity = Callable[[Tensor], Callable[[Tensor], Tensor]]


class _Gallery:
    """The gallery of a trial as columns of the similarity."""

    def __init__(
        self,
        columns: Tensor,
        pids: Tensor,
        num_columns: int,
        by_identity: bool,
    ) -> None:
        self.columns = columns
        padding = pad_columns(len(columns)) - len(columns)
        self.padded_columns = torch.cat(
            [columns, columns.new_full((padding,), num_columns)]
        )
        self.order = pids.argsort(stable=True)
        self.sorted_pids = pids[self.order]
        _, identities = pids.unique(return_inverse=True)
        self.identities = identities
        self.num_identities = int(identities.max()) + 1
        self.by_identity = by_identity

    def count_positives(self, query_pids: Tensor) -> tuple[Tensor, Tensor]:
        """Return where a person starts in the sorted gallery, and how often
        it is there.
        """
        start = torch.searchsorted(self.sorted_pids, query_pids)
        end = torch.searchsorted(self.sorted_pids, query_pids, right=True)
        return start, end - start

    def positives(self, query_pids: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(Q, n)`` positions in this gallery and their validity."""
        start, count = self.count_positives(query_pids)
        width = max(int(count.max()), 1)
        offset = torch.arange(width, device=start.device)
        at = (start[:, None] + offset).clamp_max_(len(self.order) - 1)
        return self.order[at], offset < count[:, None]


class _Sums:
    """Sums over the queries of one trial."""

    def __init__(self, max_rank: int) -> None:
        self.max_rank = max_rank
        self.found = torch.zeros(max_rank, dtype=torch.int64)
        self.precision = self.penalty = 0.0
        self.num_queries = self.num_valid = 0

    def add(self, ranks: Tensor, valid: Tensor, first: Tensor | None) -> None:
        """Add queries.

        Args:
            ranks (Tensor): ``(Q, n)`` ranks of the positives.
            valid (Tensor): ``(Q, n)`` which of them count.
            first (Tensor, optional): ``(Q,)`` ranks for the CMC, where they
                are not those of the first positive.
        """
        self.num_queries += len(ranks)
        count = valid.sum(1)
        kept = count > 0
        limit = torch.iinfo(ranks.dtype).max
        ranks = ranks.masked_fill(~valid, limit).sort(1).values[kept]
        count = count[kept]
        self.num_valid += len(count)
        if not len(count):
            return
        hits = torch.arange(1, ranks.shape[1] + 1, device=ranks.device)
        share = (hits.double() / ranks).masked_fill_(hits > count[:, None], 0)
        self.precision += float((share.sum(1) / count).sum())
        last = ranks.gather(1, count[:, None] - 1)[:, 0]
        self.penalty += float((count.double() / last).sum())
        first = ranks[:, 0] if first is None else first[kept]
        capped = (first - 1).clamp_max(self.max_rank)
        found = torch.bincount(capped, minlength=self.max_rank + 1)
        self.found += found[: self.max_rank].cpu()

    def scores(self) -> RetrievalScores:
        """Average over the valid queries."""
        valid = max(self.num_valid, 1)
        return RetrievalScores(
            cmc=self.found.cumsum(0).double() / valid,
            mAP=self.precision / valid,
            mINP=self.penalty / valid,
            num_queries=self.num_queries,
            num_valid=self.num_valid,
        )


def cosine(features: Tensor) -> Similarity:
    """Make :func:`score_trials` multiply features.

    Args:
        features (Tensor): ``(N, C)`` L2-normalised features of all images.

    Returns:
        Similarity: The similarity of queries to a gallery.
    """

    def to_gallery(gallery: Tensor) -> Callable[[Tensor], Tensor]:
        references = features[gallery].T
        return lambda queries: features[queries] @ references

    return to_gallery


def score_similarity(
    similarity: Tensor,
    query_pids: Tensor,
    gallery_pids: Tensor,
    query_cams: Tensor | None = None,
    gallery_cams: Tensor | None = None,
    exclude: ExclusionRule | None = None,
    cmc_level: str = 'image',
    max_rank: int = 20,
) -> RetrievalScores:
    """Score a given similarity (a distance: hand in its negative).

    Args:
        similarity (Tensor): ``(Q, G)`` finite floats, larger is closer.
            float32 and float64 are compared as they are.
        query_pids (Tensor): ``(Q,)`` identity numbers.
        gallery_pids (Tensor): ``(G,)`` identity numbers.
        query_cams (Tensor, optional): ``(Q,)``; only read by ``exclude``.
        gallery_cams (Tensor, optional): ``(G,)``; only read by ``exclude``.
        exclude (ExclusionRule, optional): Which gallery images a query does
            not see. Defaults to None.
        cmc_level (str): 'image' or 'identity'. Defaults to 'image'.
        max_rank (int): Length of the CMC. Defaults to 20.

    Returns:
        RetrievalScores: The scores.

    Raises:
        ValueError: If shapes disagree or a similarity is not finite.
    """
    num_queries, num_gallery = similarity.shape
    if (len(query_pids), len(gallery_pids)) != (num_queries, num_gallery):
        raise ValueError(
            f'A similarity of shape {(num_queries, num_gallery)} needs as '
            'many query and gallery pids, but got '
            f'{(len(query_pids), len(gallery_pids))}.'
        )
    device = similarity.device
    everything = torch.arange(num_queries + num_gallery, device=device)
    pids = torch.cat([query_pids, gallery_pids]).to(device)
    if query_cams is None or gallery_cams is None:
        cams = torch.zeros_like(pids)
    else:
        cams = torch.cat([query_cams, gallery_cams]).to(device)
    trial = RetrievalTrial(
        'similarity',
        everything[:num_queries],
        everything[num_queries:],
        exclude,
        cmc_level,
    )

    def to_gallery(gallery: Tensor) -> Callable[[Tensor], Tensor]:
        columns = gallery - num_queries
        return lambda queries: similarity[queries].index_select(1, columns)

    return score_trials(to_gallery, pids, cams, [trial], max_rank)[0]


def score_trials(
    similarity: Similarity,
    pids: Tensor,
    cam_ids: Tensor,
    trials: Sequence[RetrievalTrial],
    max_rank: int = 20,
) -> list[RetrievalScores]:
    """Score many trials over one set of images.

    Trials with the same queries share one similarity of these to the union of
    their galleries.

    Args:
        similarity (Similarity): What gives the similarities, such as
            ``cosine(features)``.
        pids (Tensor): ``(N,)`` identity numbers of all images, on the device
            to compute on.
        cam_ids (Tensor): ``(N,)`` camera numbers.
        trials (Sequence[RetrievalTrial]): What to score.
        max_rank (int): Length of the CMC. Defaults to 20.

    Returns:
        list[RetrievalScores]: One for each trial, in their order.

    Raises:
        ValueError: If a similarity is not finite: the features hold NaN.
    """
    groups: list[list[int]] = []
    for number, trial in enumerate(trials):
        for group in groups:
            other = trials[group[0]]
            if trial.exclude is other.exclude and torch.equal(
                trial.query, other.query
            ):
                group.append(number)
                break
        else:
            groups.append([number])
    results: dict[int, RetrievalScores] = {}
    for group in groups:
        members = [trials[number] for number in group]
        scores = _score_group(similarity, pids, cam_ids, members, max_rank)
        results.update(zip(group, scores, strict=True))
    return [results[number] for number in range(len(trials))]


def _score_group(
    similarity: Similarity,
    pids: Tensor,
    cams: Tensor,
    trials: Sequence[RetrievalTrial],
    max_rank: int,
) -> list[RetrievalScores]:
    """Score trials that share their queries and their exclusion rule."""
    device, exclude = pids.device, trials[0].exclude
    drawn = [trial.gallery.to(device) for trial in trials]
    union = drawn[0] if len(drawn) == 1 else torch.cat(drawn).unique()
    column = torch.full((len(pids),), -1, device=device)
    column[union] = torch.arange(len(union), device=device)
    together = _Gallery(column[union], pids[union], len(union), False)
    galleries = [
        _Gallery(
            column[images],
            pids[images],
            len(union),
            trial.cmc_level == 'identity',
        )
        for trial, images in zip(trials, drawn, strict=True)
    ]
    # Queries with equally many positives side by side: less padding.
    query = trials[0].query.to(device)
    counts = together.count_positives(pids[query])[1]
    query = query[counts.argsort(stable=True)]
    sums = [_Sums(max_rank) for _ in trials]
    to_union = similarity(union)
    for queries in query.split(max(1, MULTIPLY_ELEMENTS // len(union))):
        scores = to_union(queries)
        _check_finite(scores)
        # The last column pads galleries to whole blocks.
        scores = pad(scores, (0, 1), value=-torch.inf)
        if exclude is not None:
            hidden = exclude(
                pids[queries, None],
                cams[queries, None],
                pids[None, union],
                cams[None, union],
            )
            scores[:, :-1].masked_fill_(hidden, -torch.inf)
        size = max(1, RANK_ELEMENTS // len(union))
        for rows, people in zip(
            scores.split(size), pids[queries].split(size), strict=True
        ):
            _score_chunk(rows, people, together, galleries, sums)
    return [total.scores() for total in sums]


def _check_finite(similarity: Tensor) -> None:
    if not torch.isfinite(similarity.sum()) and not bool(
        torch.isfinite(similarity).all()
    ):
        raise ValueError(
            'The similarities hold NaN or infinite values, so nothing can be '
            'ranked. The features do too: the training has most likely '
            'diverged (lower the learning rate, or see whether the loss '
            'became NaN).'
        )


def _score_chunk(
    similarity: Tensor,
    query_pids: Tensor,
    together: _Gallery,
    galleries: Sequence[_Gallery],
    sums: Sequence[_Sums],
) -> None:
    """Add a chunk of queries to the sums of every trial."""
    positives = [gallery.positives(query_pids) for gallery in galleries]
    compare = sum(
        COST_COMPARE * len(gallery.columns) * index.shape[1]
        for gallery, (index, _) in zip(galleries, positives, strict=True)
    )
    count = COST_COUNT * sum(len(gallery.columns) for gallery in galleries)
    place = COST_PLACE * similarity.shape[1] + count
    if place < compare:
        at, valid = together.positives(query_pids)
        valid = valid & (similarity.gather(1, at) > -torch.inf)
        places = place_among_positives(similarity, at, valid)
        num_places = at.shape[1] + 1
    for gallery, (at, valid), total in zip(
        galleries, positives, sums, strict=True
    ):
        own = similarity.gather(1, gallery.columns[at])
        valid = valid & (own > -torch.inf)
        if place < compare:
            ranks, first = _rank_places(places, num_places, gallery, at, valid)
        else:
            ranks, first = _rank_columns(similarity, gallery, at, valid)
        total.add(ranks, valid, first)


def _rank_places(
    places: Tensor,
    num_places: int,
    gallery: _Gallery,
    at: Tensor,
    valid: Tensor,
) -> tuple[Tensor, Tensor | None]:
    """Rank positives by the histogram of the places of a trial's images."""
    # Floats are selected faster than integers.
    taken = places.view(torch.float64).index_select(1, gallery.columns)
    taken = taken.view(torch.int64)
    histogram = places.new_zeros(len(places), num_places)
    one = places.new_ones(1, 1).expand_as(taken)
    histogram.scatter_add_(1, taken, one)
    own = taken.gather(1, at)
    ranks = histogram.cumsum_(1).gather(1, own)
    if not gallery.by_identity:
        return ranks, None
    best = own.masked_fill(~valid, num_places).amin(1)
    return ranks, _count_identities(taken <= best[:, None], gallery)


def _rank_columns(
    similarity: Tensor, gallery: _Gallery, at: Tensor, valid: Tensor
) -> tuple[Tensor, Tensor | None]:
    """Rank positives by comparing them with a trial's images."""
    width = len(gallery.columns)
    taken = similarity.index_select(1, gallery.padded_columns)
    ranks = rank_by_comparison(taken, at)
    if not gallery.by_identity:
        return ranks, None
    limit = torch.iinfo(ranks.dtype).max
    first, which = ranks.masked_fill(~valid, limit).min(1)
    own = at.gather(1, which[:, None])
    ahead = taken[:, :width] >= taken.gather(1, own)
    number = torch.arange(width, device=at.device)
    # Equal similarities at a larger index were let in too: take them out.
    tied = (ahead.sum(1) != first).nonzero()[:, 0]
    equal = taken[tied, :width] == taken[tied].gather(1, own[tied])
    ahead[tied] &= ~(equal & (number > own[tied]))
    return ranks, _count_identities(ahead, gallery)


def _count_identities(ahead: Tensor, gallery: _Gallery) -> Tensor:
    """Count the identities that the marked images belong to."""
    seen = torch.zeros(len(ahead), gallery.num_identities, device=ahead.device)
    index = gallery.identities.expand_as(ahead)
    seen.scatter_add_(1, index, ahead.to(seen.dtype))
    return (seen > 0).sum(1)
