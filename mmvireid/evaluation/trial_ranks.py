"""The ranks of one trial, added up over chunks of its queries."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from mmvireid.structures import RetrievalScores

from .counting import count_at_least, rank_rows, sum_rows

#: Stands for no rank; larger than any, and exact as a float.
NO_RANK = 1 << 40


class RankedGallery:
    """A gallery as rows of the similarity, each person's side by side.

    Persons with equally many images are neighbours too, so that the images
    of all of them reshape to ``(persons, images)``.

    Args:
        rows (Tensor): ``(G,)`` rows, in the order in which equal similarities
            rank.
        pids (Tensor): ``(G,)`` whose they are.
    """

    def __init__(self, rows: Tensor, pids: Tensor) -> None:
        people, inverse, counts = pids.unique(
            return_inverse=True, return_counts=True
        )
        order = counts[inverse] * len(people) + inverse
        self.rows = rows[order.argsort(stable=True)]
        self.people = people
        self.counts = counts
        by_count = counts.argsort(stable=True)
        sizes = counts[by_count]
        self.starts = torch.empty_like(counts)
        self.starts[by_count] = sizes.cumsum(0) - sizes
        #: (images a person, images of all such persons)
        self.blocks = [
            (size, size * number)
            for size, number in zip(
                *(x.tolist() for x in sizes.unique(return_counts=True)),
                strict=True,
            )
        ]

    def find(self, query_pids: Tensor) -> tuple[Tensor, Tensor]:
        """Return where each query's person starts here, and how often he is
        here.
        """
        at = torch.searchsorted(self.people, query_pids)
        at = at.clamp_max(len(self.people) - 1)
        here = self.people[at] == query_pids
        return self.starts[at], self.counts[at] * here


class Sums(NamedTuple):
    """Scores of some queries of a trial, added up.

    Attributes:
        found (Tensor): ``(max_rank + 1,)`` how many queries found their
            person at each place; the last entry is for later places and
            invalid queries.
        precision (float): Sum of the average precisions.
        penalty (float): Sum of the inverse negative penalties.
        num_queries (int): How many queries.
        num_valid (int): How many of them have a positive.
    """

    found: Tensor
    precision: float
    penalty: float
    num_queries: int
    num_valid: int


class TrialRanks:
    """One trial of a group: its gallery, and its queries' positives."""

    def __init__(
        self,
        gallery: RankedGallery,
        query_pids: Tensor,
        by_identity: bool,
        max_rank: int,
    ) -> None:
        self.gallery = gallery
        self.by_identity = by_identity
        self.max_rank = max_rank
        self.start, self.count = gallery.find(query_pids)

    def positives(self, part: slice) -> tuple[Tensor, Tensor]:
        """Return ``(n, Q)`` positions in the gallery, and their validity."""
        count = self.count[part]
        width = max(int(count.max()), 1)
        offset = torch.arange(width, device=count.device)[:, None]
        at = (self.start[part] + offset).clamp_max_(len(self.gallery.rows) - 1)
        return at, offset < count

    def measure(self, scores: Tensor, at: Tensor, valid: Tensor) -> Sums:
        """Rank the positives of some queries and add up their scores.

        Args:
            scores (Tensor): ``(G, Q)`` as :func:`rank_rows` takes them.
            at (Tensor): ``(n, Q)`` positives.
            valid (Tensor): ``(n, Q)`` which of them count.

        Returns:
            Sums: Of these queries.
        """
        ranks = rank_rows(scores, at, self.gallery.rows)
        ranks.masked_fill_(~valid, NO_RANK)
        if self.by_identity:
            first = self._identity_ranks(scores, at, ranks)
        else:
            first = ranks.amin(0)
        # Where a positive stands among the positives: as many are not later.
        later = -ranks.double()
        hits = count_at_least(later, later)
        share = (hits.double() / ranks).masked_fill_(~valid, 0).sum(0)
        count = valid.sum(0)
        kept = count > 0
        last = ranks.masked_fill(~valid, 1).amax(0)
        some = count.clamp_min(1)
        place = (first - 1).clamp_max(self.max_rank)
        place.masked_fill_(~kept, self.max_rank)
        return Sums(
            torch.bincount(place, minlength=self.max_rank + 1),
            float((share / some).sum()),
            float((count.double() / last).sum()),
            len(count),
            int(kept.sum()),
        )

    def _identity_ranks(
        self, scores: Tensor, at: Tensor, ranks: Tensor
    ) -> Tensor:
        """Count the persons up to and with the query's own: ``(Q,)``."""
        first, which = ranks.min(0)
        own = at.gather(0, which[None])[0]
        best = scores.gather(0, own[None])
        ahead = torch.empty_like(scores)
        torch.ge(scores, best, out=ahead)
        # Equal floats at a larger index were let in too: take them out.
        tied = (sum_rows(ahead) != first).nonzero()[:, 0]
        if len(tied):
            index = self.gallery.rows
            equal = scores[:, tied] == best[:, tied]
            later = index[:, None] > index[own[tied]]
            ahead[:, tied] = ahead[:, tied].masked_fill(equal & later, 0)
        people, done = [], 0
        for size, total in self.gallery.blocks:
            block = ahead[done : done + total]
            people.append(block.view(-1, size, block.shape[1]).amax(1))
            done += total
        return sum_rows(torch.cat(people))


def average(parts: Sequence[Sums]) -> RetrievalScores:
    """Average over all valid queries of a trial.

    Args:
        parts (Sequence[Sums]): Those of all its queries.

    Returns:
        RetrievalScores: The scores.
    """
    columns = list(zip(*parts, strict=True))
    found = torch.stack(columns[0]).sum(0)
    precision, penalty, num_queries, num_valid = map(sum, columns[1:])
    valid = max(num_valid, 1)
    return RetrievalScores(
        cmc=found[:-1].cumsum(0).double().cpu() / valid,
        mAP=precision / valid,
        mINP=penalty / valid,
        num_queries=num_queries,
        num_valid=num_valid,
    )
