"""What travels between the protocols, scores and reports of person search."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class SearchTrial:
    """Which person is looked for in which scenes.

    Attributes:
        name (str): Row of the table that the trial belongs to, such as
            ``'prw/all'``.
        queries (Tensor): ``(Q,)`` int64 rows of the boxes of a test set.
        query_scenes (Tensor): ``(Q,)`` int64 scenes that they are in.
        scenes (Tensor): ``(S,)`` bool: the scenes of the test set that may
            be in a gallery. Detection is scored on these.
        galleries (list[Tensor], optional): ``Q`` lists of scenes, int32, in
            their order; a scene may be listed more than once. Defaults to
            None: each query looks in all of ``scenes`` but its own.
    """

    name: str
    queries: Tensor
    query_scenes: Tensor
    scenes: Tensor
    galleries: list[Tensor] | None = None

    def __post_init__(self) -> None:
        lists = self.queries if self.galleries is None else self.galleries
        if not len(self.queries) == len(self.query_scenes) == len(lists):
            raise ValueError(
                f'{self.name}: {len(self.queries)} queries need as many '
                f'scenes and galleries, but there are '
                f'{len(self.query_scenes)} and {len(lists)}.'
            )

    def listings(self, rows: Tensor) -> Tensor:
        """Count how often scenes are in the galleries of some queries.

        Args:
            rows (Tensor): ``(n,)`` which of the queries.

        Returns:
            Tensor: ``(n, S)`` int32.
        """
        if self.galleries is None:
            times = self.scenes.int().repeat(len(rows), 1)
            times[torch.arange(len(rows)), self.query_scenes[rows]] = 0
            return times
        times = torch.zeros(len(rows), len(self.scenes), dtype=torch.int32)
        owner, scene, _ = self._flat(rows)
        ones = torch.ones_like(owner, dtype=torch.int32)
        return times.index_put_((owner, scene), ones, accumulate=True)

    def places(self, rows: Tensor) -> Tensor:
        """Return where scenes come first in the galleries of some queries.

        Args:
            rows (Tensor): ``(n,)`` which of the queries.

        Returns:
            Tensor: ``(n, S)`` int64 positions; the largest int64 for scenes
            that are not in the gallery.
        """
        never = torch.iinfo(torch.int64).max
        if self.galleries is None:
            order = torch.arange(len(self.scenes)).expand(len(rows), -1)
            return order.masked_fill(self.listings(rows) == 0, never)
        places = torch.full((len(rows) * len(self.scenes),), never)
        owner, scene, place = self._flat(rows)
        at = owner * len(self.scenes) + scene
        places.scatter_reduce_(0, at, place, 'amin')
        return places.view(len(rows), -1)

    def _flat(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return owner, scene and position of each entry of the lists."""
        lists = [self.galleries[row] for row in rows.tolist()]
        sizes = torch.tensor([len(scenes) for scenes in lists])
        owner = torch.arange(len(rows)).repeat_interleave(sizes)
        starts = sizes.cumsum(0) - sizes
        place = torch.arange(len(owner)) - starts[owner]
        return owner, torch.cat(lists).long(), place


@dataclass(frozen=True)
class SearchScores:
    """Scores of one trial of person search, all in [0, 1].

    Attributes:
        mAP (float): Mean over the queries of the average precision times the
            recall.
        top1 (float): Share of queries whose first detection is right.
        top5 (float): Share with a right one among the first five.
        top10 (float): Share with a right one among the first ten.
        gt_mAP (float): ``mAP`` with the annotated boxes for detections.
        AP50 (float): Average precision of detection times recall.
        recall (float): Share of the annotated boxes that were detected.
        num_queries (int): All queries.
        num_present (int): Queries whose person is somewhere in its gallery.
    """

    mAP: float  # noqa: N815
    top1: float
    top5: float
    top10: float
    gt_mAP: float  # noqa: N815
    AP50: float
    recall: float
    num_queries: int
    num_present: int

    def percent(self) -> dict[str, float]:
        """Return the seven scores in percent."""
        names = ('mAP', 'top1', 'top5', 'top10', 'gt_mAP', 'AP50', 'recall')
        return {name: 100 * getattr(self, name) for name in names}


@dataclass(frozen=True)
class SearchHit:
    """A detection that may be the person that is looked for.

    Attributes:
        image (str | np.ndarray): The scene: its path, or itself as BGR ``(H,
            W, 3)``, uint8.
        bbox (tuple[float, float, float, float]): x1, y1, x2, y2 in pixels of
            the scene.
        similarity (float): Of the detection to the query, in [-1, 1].
        score (float): Of the detection as a person, in [0, 1].
    """

    image: str | np.ndarray
    bbox: tuple[float, float, float, float]
    similarity: float
    score: float
