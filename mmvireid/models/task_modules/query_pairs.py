"""Which queries meet which scenes."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mmvireid.structures import PersonBoxes

#: the box of a pair whose scene does not show the person
NO_BOX = -1


@dataclass(frozen=True)
class QueryPairs:
    """``R`` pairs of a scene and a query, ordered by scene, then query.

    Attributes:
        images (Tensor): ``(R,)`` scenes.
        queries (Tensor): ``(R,)`` queries, as numbers of annotated boxes.
        boxes (Tensor): ``(R,)`` the annotated box of the scene that shows
            the query's person; :data:`NO_BOX` where there is none.
    """

    images: Tensor
    queries: Tensor
    boxes: Tensor

    def __len__(self) -> int:
        return len(self.images)


def select_pairs(people: PersonBoxes, budget: int) -> QueryPairs:
    """Draw pairs of the scenes and the persons of a batch.

    SPNet, supplement, Sec. 8: first queries of a person that a scene shows,
    taken from another scene; then queries in their own scenes; then queries
    that a scene does not show. At random within each kind. Of several boxes
    of a person in one scene only the first takes part.

    Args:
        people (PersonBoxes): The annotated boxes.
        budget (int): How many pairs to draw at most.

    Returns:
        QueryPairs: The pairs.
    """
    queries = first_of_each(people)
    num_images = len(people.image_sizes)
    images, person_ids = people.images[queries], people.person_ids[queries]
    shown = torch.full(
        (num_images, len(queries)), NO_BOX, device=queries.device
    )
    box, query = (person_ids[:, None] == person_ids).nonzero().unbind(1)
    shown[images[box], query] = queries[box]
    scenes = torch.arange(num_images, device=queries.device)
    own = scenes[:, None] == images
    kind = torch.where(own, 1, torch.where(shown == NO_BOX, 2, 0))
    # Enough digits that a kind never runs into the next.
    ties = torch.rand(kind.shape, dtype=torch.float64, device=kind.device)
    order = (kind + ties).flatten()
    chosen = order.argsort()[:budget].sort().values
    width = max(len(queries), 1)
    scene, query = chosen // width, chosen % width
    return QueryPairs(scene, queries[query], shown[scene, query])


def first_of_each(people: PersonBoxes) -> Tensor:
    """Return one box of every person in every scene, the first.

    Args:
        people (PersonBoxes): The annotated boxes.

    Returns:
        Tensor: ``(Q,)`` ascending numbers of boxes.
    """
    same = (people.person_ids[:, None] == people.person_ids) & (
        people.images[:, None] == people.images
    )
    return (~same.tril(-1).any(dim=1)).nonzero().flatten()
