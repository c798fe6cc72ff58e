"""All scores of person search."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mmvireid.structures import SearchScores, SearchTrial

from .detection import DetectionScores, score_detections
from .pair_retrieval import PairRanker
from .persons import PersonIndex
from .retrieval import GalleryRanker, QueryRanks
from .scenes import SceneDetections, SceneRecords


def score_search(
    records: SceneRecords,
    detections: SceneDetections,
    box_embeddings: Tensor,
    trials: Sequence[SearchTrial],
    mode: str = 'exact',
    device: str = 'cpu',
) -> list[SearchScores]:
    """Score person search.

    For a query, all detections of its gallery's scenes are ranked by their
    cosine similarity to it. Of the detections that overlap the person's box
    in a scene by at least the box's ``iou_thresh``, the most similar one is
    right; all others are wrong. The average precision is multiplied by the
    recall, the share of the person's scenes in which a detection is right.

    The mode ``'exact'`` follows the customary evaluation to the letter;
    ``'corrected'`` mends what it gets wrong:

    - *A scene listed more than once* in a gallery. Exact: the person counts
      as present anew each time, but is looked for once, which lowers the
      recall. Corrected: the scene counts once.
    - *Several boxes of one person in a scene.* Exact: the first is the only
      one. (The customary evaluation ends with an error if there are three.)
      Corrected: each counts, and needs a detection of its own.
    - *A person that is nowhere in its gallery.* Exact: its query counts as
      a failure. Corrected: it is left out of the means.
    - *Equal similarities.* Exact: top-k takes them in the gallery's order.
      Corrected: a wrong detection goes before a right one. (The average
      precision always takes equal ones together.)
    - *Similarities that are no numbers.* Exact: they are 0. Corrected: an
      error.
    - *Detections for a query in scenes without its person* (query-centric).
      Exact: ``AP50`` ignores them. Corrected: they are false alarms.

    Args:
        records (SceneRecords): The annotations.
        detections (SceneDetections): What was detected. Where it answers
            queries, it numbers the distinct ``queries`` of all trials in
            ascending order.
        box_embeddings (Tensor): ``(B, C)`` embeddings of the annotated
            boxes: of the queries among them, and for ``gt_mAP``.
        trials (Sequence[SearchTrial]): What to score.
        mode (str): ``'exact'`` or ``'corrected'``. Defaults to 'exact'.
        device (str): Where detections are ranked. Defaults to 'cpu'.

    Returns:
        list[SearchScores]: One for each trial.

    Raises:
        ValueError: If there is no such mode, or embeddings are not finite
            and the mode is ``'corrected'``.
    """
    index = PersonIndex(records, mode)
    annotated = SceneDetections(
        records.box_scenes,
        records.boxes,
        torch.ones(len(records.boxes)),
        box_embeddings,
    )
    truth = _rank_galleries(index, annotated, box_embeddings, trials, device)
    if detections.query_centric:
        found, detected = _rank_pairs(index, detections, trials)
    else:
        found = _rank_galleries(
            index, detections, box_embeddings, trials, device
        )
        detected = [
            score_detections(records, detections, trial.scenes)
            for trial in trials
        ]
    return [
        _summarise(*parts, mode)
        for parts in zip(found, truth, detected, strict=True)
    ]


def _rank_galleries(
    index: PersonIndex,
    detections: SceneDetections,
    box_embeddings: Tensor,
    trials: Sequence[SearchTrial],
    device: str,
) -> list[QueryRanks]:
    """Rank trials; those with the same queries share the similarities."""
    ranker = GalleryRanker(index, detections, device)
    ranks: dict[int, QueryRanks] = {}
    for number, trial in enumerate(trials):
        if number in ranks:
            continue
        group = [
            other
            for other in range(number, len(trials))
            if torch.equal(trial.queries, trials[other].queries)
        ]
        embeddings = box_embeddings[trial.queries]
        members = ranker.rank(embeddings, [trials[i] for i in group])
        ranks.update(zip(group, members, strict=True))
    return [ranks[number] for number in range(len(trials))]


def _rank_pairs(
    index: PersonIndex,
    detections: SceneDetections,
    trials: Sequence[SearchTrial],
) -> tuple[list[QueryRanks], list[DetectionScores]]:
    queries = distinct_queries(trials)
    ranker = PairRanker(index, detections, len(queries))
    parts = [
        ranker.rank(trial, torch.searchsorted(queries, trial.queries))
        for trial in trials
    ]
    ranks, detected = zip(*parts, strict=True)
    return list(ranks), list(detected)


def distinct_queries(trials: Sequence[SearchTrial]) -> Tensor:
    """Return the queries of all trials, each once, in ascending order."""
    return torch.cat([trial.queries for trial in trials]).unique()


def _summarise(
    found: QueryRanks,
    truth: QueryRanks,
    detected: DetectionScores,
    mode: str,
) -> SearchScores:
    present = found.present > 0
    counted = present if mode == 'corrected' else torch.ones_like(present)
    number = max(int(counted.sum()), 1)

    def mean(values: Tensor) -> float:
        return float(values[counted].double().sum()) / number

    return SearchScores(
        mAP=mean(found.precision),
        top1=mean(found.ahead < 1),
        top5=mean(found.ahead < 5),
        top10=mean(found.ahead < 10),
        gt_mAP=mean(truth.precision),
        AP50=detected.precision,
        recall=detected.recall,
        num_queries=len(present),
        num_present=int(present.sum()),
    )
