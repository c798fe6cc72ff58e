"""Retrieval over detections that any query is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from mmvireid.structures import SearchTrial
from mmvireid.utils.ordinals import ordinals

from .average_precision import NEVER, rank_lists
from .persons import PersonIndex, choose_right
from .ragged import expand, paired_iou
from .scenes import SceneDetections

#: Similarities held at a time, and queries at most and at least.
CHUNK_ELEMENTS, MAX_QUERIES, MIN_QUERIES = 1 << 22, 1024, 32


@dataclass(frozen=True)
class QueryRanks:
    """What came of each of ``Q`` queries.

    Attributes:
        precision (Tensor): ``(Q,)`` float64: average precision times recall.
        ahead (Tensor): ``(Q,)`` int64: wrong detections ahead of the first
            right one; very large where none is right.
        present (Tensor): ``(Q,)`` int64: how often the person is in the
            gallery.
    """

    precision: Tensor
    ahead: Tensor
    present: Tensor

    @classmethod
    def nothing(cls, num_queries: int) -> 'QueryRanks':
        """Return the ranks of queries that found nothing nowhere."""
        number = torch.zeros(num_queries, dtype=torch.int64)
        return cls(number.double(), number + NEVER, number.clone())

    def fill(self, rows: Tensor, part: 'QueryRanks') -> None:
        """Write the ranks of some queries in their places."""
        for name, values in vars(part).items():
            getattr(self, name)[rows] = values


class GalleryRanker:
    """Ranks the detections of galleries for queries, many at a time.

    Args:
        index (PersonIndex): Finds persons.
        detections (SceneDetections): Detections with embeddings.
        device (str): Where similarities are computed and compared.
    """

    def __init__(
        self,
        index: PersonIndex,
        detections: SceneDetections,
        device: str = 'cpu',
    ) -> None:
        self.index = index
        self.device = torch.device(device)
        self.scenes = detections.scenes
        self.embeddings = normalise(detections.embeddings.to(self.device))
        records = index.records
        det, box = expand(*records.scene_boxes(self.scenes))
        iou = paired_iou(detections.boxes[det], records.boxes[box])
        fits = iou >= records.iou_thresh[box]
        det, box = det[fits], box[fits]
        #: The detections that fit each box, side by side.
        self.fitting = det[box.argsort(stable=True)]
        self.num_fitting = box.bincount(minlength=len(records.boxes))
        self.first_fitting = self.num_fitting.cumsum(0) - self.num_fitting

    def rank(
        self, embeddings: Tensor, trials: Sequence[SearchTrial]
    ) -> list[QueryRanks]:
        """Rank trials that have the same queries.

        Args:
            embeddings (Tensor): ``(Q, C)`` of the queries.
            trials (Sequence[SearchTrial]): The trials.

        Returns:
            list[QueryRanks]: One for each trial.
        """
        size = len(embeddings)
        ranks = [QueryRanks.nothing(size) for _ in trials]
        embeddings = normalise(embeddings.to(self.device))
        chunk = CHUNK_ELEMENTS // max(len(self.scenes), 1) // 8 * 8
        chunk = min(MAX_QUERIES, max(MIN_QUERIES, chunk))
        # Queries with equally many boxes side by side: less padding.
        records = self.index.records
        wanted = records.person_ids[trials[0].queries]
        at = torch.searchsorted(self.index.people, wanted)
        order = self.index.counts[at].argsort(stable=True)
        for rows in order.split(chunk):
            similarity = embeddings[rows] @ self.embeddings.T
            self._settle(similarity)
            for trial, rank in zip(trials, ranks, strict=True):
                rank.fill(rows, self._rank_chunk(similarity, trial, rows))
        return ranks

    def _settle(self, similarity: Tensor) -> None:
        """Do with similarities that are no numbers what the mode says."""
        if bool(torch.isfinite(similarity.sum())):
            return
        if self.index.mode == 'exact':
            torch.nan_to_num_(similarity, 0, 0, 0)
        elif not bool(torch.isfinite(similarity).all()):
            raise ValueError(
                'Embeddings hold NaN or infinite values, so nothing can be '
                'ranked: the training has most likely diverged. (The mode '
                "'exact' takes such similarities for 0.)"
            )

    def _rank_chunk(
        self, similarity: Tensor, trial: SearchTrial, rows: Tensor
    ) -> QueryRanks:
        found = self.index.sightings(trial, rows)
        pair, at = expand(
            self.first_fitting[found.boxes], self.num_fitting[found.boxes]
        )
        detection, owner = self.fitting[at], found.queries[pair]
        values = similarity[owner.to(self.device), detection.to(self.device)]
        right = choose_right(found, pair, detection, values.cpu())
        owner, detection = owner[right], detection[right]
        if not len(owner):
            nothing = QueryRanks.nothing(len(rows))
            return replace(nothing, present=found.present)
        listed = trial.listings(rows) > 0
        own, valid = self._stack(similarity, owner, detection)
        ranked = sort_rows(self._contenders(similarity, listed, own, valid))
        counts, above = _count(ranked, own)
        among, _ = _count(sort_rows(own.clone()), own)
        share = (among.double() / counts).masked_fill_(~valid, 0).sum(1)
        best = own.argmax(1, keepdim=True)
        above = above.gather(1, best)[:, 0]
        tied = (counts - among).gather(1, best)[:, 0]
        exact = self.index.mode == 'exact'
        ahead = above if exact else tied
        ahead = ahead.masked_fill(~valid[:, 0], NEVER).cpu()
        if exact:
            equal = (tied > above) & valid[:, 0]
            for row in equal.nonzero()[:, 0].tolist():
                ahead[row] = self._first_of_equals(
                    similarity[row].cpu(),
                    listed[row],
                    trial.places(rows[row : row + 1])[0],
                    detection[owner == row],
                )
        precision = share.cpu() / found.present.clamp_min(1)
        return QueryRanks(precision, ahead, found.present)

    def _contenders(
        self, similarity: Tensor, listed: Tensor, own: Tensor, valid: Tensor
    ) -> Tensor:
        """Gather what is in each query's gallery and not below its right ones.

        What is below them all, most of the gallery as a rule, counts for
        nothing, and is not worth sorting.

        Returns:
            Tensor: ``(Q, n)``, filled up with ``-inf``.
        """
        lowest = own.masked_fill(~valid, torch.inf).amin(1)
        columns = (~listed).any(0)[self.scenes].nonzero()[:, 0]
        if len(columns) < len(self.scenes) // 2:
            # Most often only the queries' own scenes are not listed.
            row, at = (~listed[:, self.scenes[columns]]).nonzero().T
            taken = similarity >= lowest[:, None]
            taken[row.to(self.device), columns[at].to(self.device)] = False
            row, column = taken.nonzero().T
        else:
            row, scene = listed.nonzero().T
            counts = self.scenes.bincount(minlength=listed.shape[1])
            starts = counts.cumsum(0) - counts
            entry, column = expand(starts[scene], counts[scene])
            row, column = row[entry].to(self.device), column.to(self.device)
            taken = similarity[row, column] >= lowest[row]
            row, column = row[taken], column[taken]
        size = row.bincount(minlength=len(listed))
        place = torch.arange(len(row), device=self.device)
        place -= (size.cumsum(0) - size)[row]
        contenders = similarity.new_full(
            (len(listed), int(size.max())), -torch.inf
        )
        contenders[row, place] = similarity[row, column]
        return contenders

    def _stack(
        self, similarity: Tensor, owner: Tensor, detection: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Line up each query's right detections.

        Returns:
            tuple[Tensor, Tensor]: ``(Q, n)`` similarities, ``-inf`` where
            there are fewer, and where they are valid.
        """
        place = ordinals(owner)
        shape = (len(similarity), int(place.max()) + 1)
        valid = torch.zeros(shape, dtype=torch.bool)
        valid[owner, place] = True
        columns = torch.zeros(shape, dtype=torch.int64)
        columns[owner, place] = detection
        valid = valid.to(self.device)
        own = similarity.gather(1, columns.to(self.device))
        return own.masked_fill_(~valid, -torch.inf), valid

    def _first_of_equals(
        self, similarity: Tensor, listed: Tensor, places: Tensor, right: Tensor
    ) -> int:
        """Count the wrong detections ahead where equal ones are in the
        gallery's order.
        """
        labels = torch.zeros_like(similarity, dtype=torch.bool)
        labels[right] = True
        taking_part = listed[self.scenes].nonzero()[:, 0]
        order = places[self.scenes[taking_part]].argsort(stable=True)
        order = taking_part[order]
        one = torch.zeros_like(order)
        return int(rank_lists(labels[order], similarity[order], one, 1).ahead)


def _count(ranked: Tensor, own: Tensor) -> tuple[Tensor, Tensor]:
    """Count what is at least, and what is more than, each value.

    Args:
        ranked (Tensor): ``(Q, N)`` ascending.
        own (Tensor): ``(Q, n)``.

    Returns:
        tuple[Tensor, Tensor]: Two of shape ``(Q, n)``.
    """
    width = ranked.shape[1]
    below = torch.searchsorted(ranked, own)
    return width - below, width - torch.searchsorted(ranked, own, right=True)


def sort_rows(values: Tensor) -> Tensor:
    """Sort the rows of a matrix in ascending order, in place on a CPU.

    There numpy sorts ten times faster than torch, as it vectorises.
    """
    if values.device.type != 'cpu':
        return values.sort(dim=1).values
    values.numpy().sort(axis=1)
    return values


def normalise(embeddings: Tensor) -> Tensor:
    """Return unit rows in float32; zeros stay zeros."""
    return torch.nn.functional.normalize(embeddings.float(), dim=1)
