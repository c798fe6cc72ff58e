"""The ranks of one trial, collected over chunks of its queries."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from mmvireid.structures import RetrievalScores

from .counting import rank_rows, sum_rows

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


class TrialRanks:
    """One trial of a group: its gallery, and its queries' positives."""

    def __init__(
        self, gallery: RankedGallery, query_pids: Tensor, by_identity: bool
    ) -> None:
        self.gallery = gallery
        self.by_identity = by_identity
        self.start, self.count = gallery.find(query_pids)
        self.parts: dict[int, tuple[Tensor, Tensor, Tensor | None]] = {}

    def positives(self, part: slice) -> tuple[Tensor, Tensor]:
        """Return ``(n, Q)`` positions in the gallery, and their validity."""
        count = self.count[part]
        width = max(int(count.max()), 1)
        offset = torch.arange(width, device=count.device)[:, None]
        at = (self.start[part] + offset).clamp_max_(len(self.gallery.rows) - 1)
        return at, offset < count

    def add(
        self, start: int, scores: Tensor, at: Tensor, valid: Tensor
    ) -> None:
        """Rank the positives of some queries.

        Args:
            start (int): The first query's position.
            scores (Tensor): ``(G, Q)`` as :func:`rank_rows` takes them.
            at (Tensor): ``(n, Q)`` positives.
            valid (Tensor): ``(n, Q)`` which of them count.
        """
        ranks = rank_rows(scores, at, self.gallery.rows)
        ranks.masked_fill_(~valid, NO_RANK)
        first = None
        if self.by_identity:
            first = self._identity_ranks(scores, at, ranks)
        self.parts[start] = ranks, valid.sum(0), first

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
        return sum_rows(torch.cat(people)).long()

    def scores(self, max_rank: int) -> RetrievalScores:
        """Average over all queries that were added."""
        # In a fixed order, whichever part was done first.
        parts = [self.parts[start] for start in sorted(self.parts)]
        width = max(len(ranks) for ranks, _, _ in parts)
        ranks = torch.cat(
            [
                pad(ranks, (0, 0, 0, width - len(ranks)), value=NO_RANK)
                for ranks, _, _ in parts
            ],
            1,
        )
        count = torch.cat([count for _, count, _ in parts])
        ranks = ranks.sort(0).values
        if self.by_identity:
            first = torch.cat([first for _, _, first in parts])
        else:
            first = ranks[0]
        kept = count > 0
        valid = max(int(kept.sum()), 1)
        hits = torch.arange(1, width + 1, device=ranks.device)[:, None]
        share = (hits.double() / ranks).masked_fill_(hits > count, 0)
        last = ranks.gather(0, (count - 1).clamp_min(0)[None])[0]
        capped = (first[kept] - 1).clamp_max(max_rank)
        found = torch.bincount(capped, minlength=max_rank + 1)[:max_rank]
        return RetrievalScores(
            cmc=found.cumsum(0).double().cpu() / valid,
            mAP=float((share.sum(0)[kept] / count[kept]).sum()) / valid,
            mINP=float((count[kept] / last[kept].double()).sum()) / valid,
            num_queries=len(count),
            num_valid=int(kept.sum()),
        )
