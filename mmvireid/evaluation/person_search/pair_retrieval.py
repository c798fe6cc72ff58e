"""Retrieval over detections that answer one query each."""

import torch
from torch import Tensor

from mmvireid.structures import SearchTrial

from .average_precision import rank_lists
from .detection import DetectionScores, match_mutually, summarise
from .persons import PersonIndex, Sightings, choose_right
from .ragged import expand, paired_iou
from .retrieval import QueryRanks
from .scenes import SceneDetections

#: Queries whose detections are looked at together.
CHUNK_QUERIES = 64


class PairRanker:
    """Ranks for each query the detections that answer it.

    Args:
        index (PersonIndex): Finds persons.
        detections (SceneDetections): Detections with ``queries``.
        num_queries (int): How many queries these number.

    Raises:
        ValueError: If a similarity is not finite and the mode is
            ``'corrected'``; in the mode ``'exact'`` it counts as 0.
    """

    def __init__(
        self,
        index: PersonIndex,
        detections: SceneDetections,
        num_queries: int,
    ) -> None:
        self.index = index
        order = detections.queries.argsort(stable=True)
        self.scenes = detections.scenes[order]
        self.boxes = detections.boxes[order]
        self.scores = detections.scores[order]
        similarities = detections.similarities[order]
        if index.mode == 'exact':
            similarities = torch.nan_to_num(similarities, 0, 0, 0)
        elif not bool(torch.isfinite(similarities).all()):
            raise ValueError(
                'Similarities to queries are NaN or infinite: the training '
                "has most likely diverged. (The mode 'exact' takes them for "
                '0.)'
            )
        self.similarities = similarities
        self.counts = detections.queries.bincount(minlength=num_queries)
        self.starts = self.counts.cumsum(0) - self.counts

    def rank(
        self, trial: SearchTrial, numbers: Tensor
    ) -> tuple[QueryRanks, DetectionScores]:
        """Rank a trial and score its detections.

        Args:
            trial (SearchTrial): The trial.
            numbers (Tensor): ``(Q,)`` the numbers of its queries in the
                detections' ``queries``.

        Returns:
            tuple[QueryRanks, DetectionScores]: The scores.
        """
        ranks = QueryRanks.nothing(len(numbers))
        matched, scores, boxes = [], [], 0
        for rows in torch.arange(len(numbers)).split(CHUNK_QUERIES):
            owner, at = self._of_queries(trial, rows, numbers[rows])
            sightings = self.index.sightings(trial, rows)
            pair, which = self._fitting(sightings, owner, at, len(rows))
            part = self._retrieve(sightings, owner, at, pair, which)
            ranks.fill(rows, part)
            found, counted = self._detect(sightings, at, pair, which)
            matched.append(found[counted])
            scores.append(self.scores[at[counted]])
            boxes += len(sightings.boxes)
        detection = summarise(torch.cat(matched), torch.cat(scores), boxes)
        return ranks, detection

    def _of_queries(
        self, trial: SearchTrial, rows: Tensor, numbers: Tensor
    ) -> tuple[Tensor, Tensor]:
        """List query and detection of what is in a query's gallery, in the
        order of the gallery.
        """
        owner, at = expand(self.starts[numbers], self.counts[numbers])
        present = trial.listings(rows)[owner, self.scenes[at]] > 0
        owner, at = owner[present], at[present]
        place = trial.places(rows)[owner, self.scenes[at]]
        order = place.argsort(stable=True)
        order = order[owner[order].argsort(stable=True)]
        return owner[order], at[order]

    def _fitting(
        self,
        sightings: Sightings,
        owner: Tensor,
        at: Tensor,
        num_queries: int,
    ) -> tuple[Tensor, Tensor]:
        """Pair each sighting with all detections in its scene that answer
        its query, given as positions in ``at``.
        """
        records = self.index.records
        num_scenes = len(records.img_ids)
        keys = owner * num_scenes + self.scenes[at]
        order = keys.argsort(stable=True)
        counts = keys.bincount(minlength=num_queries * num_scenes)
        starts = counts.cumsum(0) - counts
        wanted = sightings.queries * num_scenes
        wanted += records.box_scenes[sightings.boxes]
        pair, entry = expand(starts[wanted], counts[wanted])
        return pair, order[entry]

    def _retrieve(
        self,
        sightings: Sightings,
        owner: Tensor,
        at: Tensor,
        pair: Tensor,
        which: Tensor,
    ) -> QueryRanks:
        records = self.index.records
        box = sightings.boxes[pair]
        iou = paired_iou(self.boxes[at[which]], records.boxes[box])
        fits = iou >= records.iou_thresh[box]
        pair, which = pair[fits], which[fits]
        similarities = self.similarities[at]
        right = choose_right(sightings, pair, which, similarities[which])
        labels = torch.zeros_like(at, dtype=torch.bool)
        labels[which[right]] = True
        lists = rank_lists(labels, similarities, owner, len(sightings.present))
        recall = lists.right / sightings.present.clamp_min(1)
        corrected = self.index.mode == 'corrected'
        return QueryRanks(
            lists.precision * recall,
            lists.ahead_or_tied if corrected else lists.ahead,
            sightings.present,
        )

    def _detect(
        self, sightings: Sightings, at: Tensor, pair: Tensor, which: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Match detections with the boxes of the persons they shall be.

        Returns:
            tuple[Tensor, Tensor]: Which are right, and which count.
        """
        targets = self.index.records.boxes[sightings.boxes]
        found = match_mutually(which, pair, self.boxes[at], targets)
        counted = torch.ones_like(found)
        if self.index.mode == 'exact':
            # Only where the person is: false alarms elsewhere are ignored.
            counted = torch.zeros_like(found)
            counted[which] = True
        return found, counted
