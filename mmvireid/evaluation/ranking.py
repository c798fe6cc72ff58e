"""From similarities to CMC, mAP and mINP.

CMC at the level of images and of identities, mAP as Zheng et al., ICCV 2015,
mINP as Ye et al., TPAMI 2021, Eq. 9. Nothing here sorts a gallery or holds a
queries x gallery matrix as a whole: see :mod:`mmvireid.evaluation.counting`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from mmvireid.structures import (
    ExclusionRule,
    RetrievalScores,
    RetrievalTrial,
)

from .counting import MAX_PLACES, encode_places
from .trial_ranks import RankedGallery, Sums, TrialRanks, average

#: Queries ranked at a time: as many as give so many similarities, which stay
#: in the cache, but within these limits.
MIN_QUERIES, MAX_QUERIES, CHUNK_ELEMENTS = 128, 2048, 1 << 22
#: Chunks ranked side by side on a CPU, and similarities held for them all.
MAX_WORKERS, HELD_ELEMENTS = 8, 1 << 25
#: Relative costs, measured: of comparing floats, of finding an image's place
#: among the positives, of comparing the codes of places.
COST_FLOAT, COST_PLACE, COST_CODE = 0.25, 14.0, 0.08

#: Given the ``(G,)`` indices of the gallery's images, returns a function that
#: takes ``(Q,)`` query indices and returns the ``(G, Q)`` similarities, as a
#: new contiguous tensor that may be overwritten.
Similarity = Callable[[Tensor], Callable[[Tensor], Tensor]]


def cosine(features: Tensor) -> Similarity:
    """Make :func:`score_trials` multiply features.

    Args:
        features (Tensor): ``(N, C)`` L2-normalised features of all images.

    Returns:
        Similarity: The similarity of queries to a gallery.
    """

    def to_gallery(gallery: Tensor) -> Callable[[Tensor], Tensor]:
        references = features[gallery]
        return lambda queries: references @ features[queries].T

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
        del gallery  # always all columns, in their order
        return lambda queries: similarity[queries].T.contiguous()

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
    union = torch.cat(drawn).unique()
    row = torch.full((len(pids),), -1, device=device)
    row[union] = torch.arange(len(union), device=device)
    query = trials[0].query.to(device)
    together = RankedGallery(row[union], pids[union])
    counts = together.find(pids[query])[1]
    if len(counts) * int(counts.max()) > 2 * int(counts.sum()):
        # Queries with equally many positives side by side: less padding.
        query = query[counts.argsort(stable=True)]
    together = TrialRanks(together, pids[query], False, max_rank)
    members = [
        TrialRanks(
            RankedGallery(row[images], pids[images]),
            pids[query],
            trial.cmc_level == 'identity',
            max_rank,
        )
        for trial, images in zip(trials, drawn, strict=True)
    ]
    to_union = similarity(union)
    hide = _Hider(exclude, pids[union], cams[union]) if exclude else None

    # A multiple of 8: bytes then add up eight at a time.
    size = CHUNK_ELEMENTS // len(union) // 8 * 8
    size = min(MAX_QUERIES, max(MIN_QUERIES, size))
    workers = _num_workers(device, size * len(union))

    def rank(start: int) -> list[Sums]:
        part = slice(start, start + size)
        queries = query[part]
        scores = to_union(queries)
        _check_finite(scores)
        if hide is not None:
            hide(scores, pids[queries], cams[queries])
        return _rank_chunk(scores, part, together, members)

    chunks = _in_parallel(rank, range(0, len(query), size), workers)
    return [average(parts) for parts in zip(*chunks, strict=True)]


def _num_workers(device: torch.device, chunk_elements: int) -> int:
    if device.type != 'cpu':
        return 1
    held = max(1, HELD_ELEMENTS // chunk_elements)
    return min(torch.get_num_threads(), MAX_WORKERS, held)


def _in_parallel(function: Callable, items: Sequence, workers: int) -> list:
    """Map a function over chunks, several at a time.

    All operators of a chunk are so short that torch's own threads would
    mostly wait for each other. So each worker uses one, and has a chunk for
    itself.
    """
    if workers == 1:
        return [function(item) for item in items]
    threads = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(
            workers, initializer=torch.set_num_threads, initargs=(1,)
        ) as pool:
            return list(pool.map(function, items))
    finally:
        # torch remembers the last number set, by whichever thread, for all
        # threads to come.
        torch.set_num_threads(threads)


class _Hider:
    """Applies an exclusion rule, looking at each person and camera once."""

    def __init__(
        self, exclude: ExclusionRule, pids: Tensor, cams: Tensor
    ) -> None:
        self.exclude = exclude
        # One number for a person and a camera: unique(dim=0) is slow.
        width = cams.max() - cams.min() + 1
        labels = pids * width + cams - cams.min()
        labels, self.inverse = labels.unique(return_inverse=True)
        self.pids = labels[:, None] // width
        self.cams = labels[:, None] % width + cams.min()

    def __call__(self, scores: Tensor, pids: Tensor, cams: Tensor) -> None:
        """Set the ``(G, Q)`` scores to ``-inf`` where hidden."""
        hidden = self.exclude(pids[None], cams[None], self.pids, self.cams)
        rows = hidden.any(1)[self.inverse].nonzero()[:, 0]
        taken = scores.index_select(0, rows)
        taken.masked_fill_(hidden[self.inverse[rows]], -torch.inf)
        scores.index_copy_(0, rows, taken)


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


def _rank_chunk(
    similarity: Tensor,
    part: slice,
    together: TrialRanks,
    members: Sequence[TrialRanks],
) -> list[Sums]:
    """Rank the positives of some queries in every trial.

    Args:
        similarity (Tensor): ``(U, Q)`` to the union of the galleries.
        part (slice): Which queries these are.
        together (TrialRanks): The union.
        members (Sequence[TrialRanks]): The trials.

    Returns:
        list[Sums]: One for each trial.
    """
    scores = similarity
    comparisons = sum(
        len(trial.gallery.rows) * int(trial.count[part].max())
        for trial in members
    )
    saved = (COST_FLOAT - COST_CODE) * comparisons
    num_places = int(together.count[part].max())
    # Codes take memory; what they save shows with several trials only.
    if (
        len(members) > 1
        and num_places <= MAX_PLACES
        and saved > COST_PLACE * len(similarity)
    ):
        at, valid = together.positives(part)
        at = together.gallery.rows[at]
        valid = valid & (similarity.gather(0, at) > -torch.inf)
        scores = encode_places(similarity, at, valid)
    sums = []
    for trial in members:
        rows = trial.gallery.rows
        at, valid = trial.positives(part)
        valid &= similarity.gather(0, rows[at]) > -torch.inf
        sums.append(trial.measure(scores.index_select(0, rows), at, valid))
    return sums
