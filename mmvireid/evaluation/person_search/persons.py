"""Where the persons that are looked for are annotated."""

from typing import NamedTuple

import torch
from torch import Tensor

from mmvireid.structures import SearchTrial

from .ragged import expand, first_of_best
from .scenes import SceneRecords

MODES = ('exact', 'corrected')


class Sightings(NamedTuple):
    """The boxes of some queries' persons in their galleries.

    Attributes:
        queries (Tensor): ``(n,)`` which query, ascending.
        boxes (Tensor): ``(n,)`` which annotated box.
        orders (Tensor): ``(n,)`` 0 for the person's first box in a scene, 1
            for its second, and so on.
        present (Tensor): ``(Q,)`` how often each query's person counts as
            present: what its recall is a share of.
    """

    queries: Tensor
    boxes: Tensor
    orders: Tensor
    present: Tensor


class PersonIndex:
    """Finds the boxes of a person.

    Args:
        records (SceneRecords): The annotations.
        mode (str): ``'exact'`` or ``'corrected'``, see
            :func:`~mmvireid.evaluation.person_search.score_search`.

    Raises:
        ValueError: If there is no such mode.
    """

    def __init__(self, records: SceneRecords, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f'mode must be one of {MODES}, but is {mode!r}.')
        self.records = records
        self.mode = mode
        self.orders = records.ordinals()
        self.by_person = records.person_ids.argsort(stable=True)
        self.people, self.counts = records.person_ids.unique(
            return_counts=True
        )
        self.starts = self.counts.cumsum(0) - self.counts

    def sightings(self, trial: SearchTrial, rows: Tensor) -> Sightings:
        """Find the persons of some queries in their galleries.

        Args:
            trial (SearchTrial): The queries and their galleries.
            rows (Tensor): ``(Q,)`` which of the queries.

        Returns:
            Sightings: Theirs, numbered by ``rows``.
        """
        wanted = self.records.person_ids[trial.queries[rows]]
        at = torch.searchsorted(self.people, wanted)
        owner, entry = expand(self.starts[at], self.counts[at])
        box = self.by_person[entry]
        times = trial.listings(rows)[owner, self.records.box_scenes[box]]
        if self.mode == 'exact':
            # One box a scene, but every listing of the scene anew.
            kept = (times > 0) & (self.orders[box] == 0)
        else:
            kept, times = times > 0, torch.ones_like(times)
        owner, box, times = owner[kept], box[kept], times[kept]
        present = torch.zeros(len(rows), dtype=torch.int64)
        present.index_add_(0, owner, times.long())
        return Sightings(owner, box, self.orders[box], present)


def choose_right(
    sightings: Sightings,
    pairs: Tensor,
    detections: Tensor,
    similarities: Tensor,
) -> Tensor:
    """Choose the detection that counts as right for each sighting.

    It is the most similar one of those that fit the box: all others, well
    placed or not, are wrong. A person with several boxes in a scene needs
    another detection for each.

    Args:
        sightings (Sightings): ``n`` sightings.
        pairs (Tensor): ``(P,)`` sightings, ascending, and
        detections (Tensor): ``(P,)`` detections that fit them.
        similarities (Tensor): ``(P,)`` of the query to the detection.

    Returns:
        Tensor: Positions in ``pairs``, at most one for each sighting.
    """
    owner = sightings.queries[pairs]
    order = sightings.orders[pairs]
    span = int(detections.max()) + 1 if len(detections) else 1
    keys = owner * span + detections
    chosen = keys.new_zeros(0)
    for turn in range(int(order.max()) + 1 if len(order) else 0):
        free = order == turn
        if turn:
            free &= ~torch.isin(keys, keys[chosen])
        free = free.nonzero()[:, 0]
        best = first_of_best(
            similarities[free], pairs[free], len(sightings.queries)
        )
        chosen = torch.cat([chosen, free[best[best < len(free)]]])
    return chosen.sort().values
