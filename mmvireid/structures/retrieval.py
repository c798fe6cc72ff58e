"""What travels between protocols, ranking and reports."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

#: ``exclude(query_pids, query_cams, gallery_pids, gallery_cams)``. The query
#: tensors broadcast against the gallery tensors, for example as ``(1, Q)``
#: and ``(G, 1)``. The bool tensor returned is True where the gallery image is
#: taken out of the query's ranked list.
ExclusionRule = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]

CMC_LEVELS = ('image', 'identity')


@dataclass(frozen=True)
class RetrievalTrial:
    """One draw of queries and gallery from the test images.

    Attributes:
        name (str): Row of the table that the trial belongs to, such as
            ``'sysu/all/single'``. Trials of one name are averaged.
        query (Tensor): ``(Q,)`` indices into the test images.
        gallery (Tensor): ``(G,)`` indices into the test images, each at most
            once. Images of equal similarity rank by their index.
        exclude (ExclusionRule, optional): Which gallery images a query does
            not see. Defaults to None: it sees all.
        cmc_level (str): ``'image'``: the rank of a query is that of its first
            correct image; ``'identity'``: the number of identities up to and
            with its own, each standing at its best image.
    """

    name: str
    query: Tensor
    gallery: Tensor
    exclude: ExclusionRule | None = None
    cmc_level: str = 'image'

    def __post_init__(self) -> None:
        if self.cmc_level not in CMC_LEVELS:
            raise ValueError(
                f'cmc_level must be one of {CMC_LEVELS}, '
                f'but got {self.cmc_level!r}.'
            )
        for role in ('query', 'gallery'):
            indices = getattr(self, role)
            if indices.ndim != 1 or indices.dtype != torch.int64:
                raise TypeError(
                    f'The {role} of trial "{self.name}" must be a 1-D int64 '
                    f'tensor of image indices, but got {indices.dtype} of '
                    f'shape {tuple(indices.shape)}.'
                )


@dataclass(frozen=True)
class RetrievalScores:
    """Scores of one trial, averaged over its valid queries.

    A query is valid if at least one image of its person is left in its
    gallery.

    Attributes:
        cmc (Tensor): ``(max_rank,)`` float64 in [0, 1]; entry ``k - 1`` is the
            share of queries found within the first ``k`` ranks. Where the
            gallery is shorter than ``max_rank``, the last value repeats.
        mAP (float): Mean average precision, in [0, 1].
        mINP (float): Mean inverse negative penalty, in [0, 1].
        num_queries (int): All queries, valid or not.
        num_valid (int): Valid queries.
    """

    cmc: Tensor
    mAP: float  # noqa: N815
    mINP: float  # noqa: N815
    num_queries: int
    num_valid: int

    def percent(self) -> dict[str, float]:
        """Return R1, R5, R10, R20, mAP and mINP in percent.

        Raises:
            ValueError: If the CMC is shorter than 20 ranks.
        """
        if len(self.cmc) < 20:
            raise ValueError(
                'Reporting R20 needs max_rank >= 20, but the CMC has '
                f'{len(self.cmc)} ranks.'
            )
        scores = {
            f'R{k}': 100 * float(self.cmc[k - 1]) for k in (1, 5, 10, 20)
        }
        scores.update(mAP=100 * self.mAP, mINP=100 * self.mINP)
        return scores
