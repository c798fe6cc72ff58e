"""Training a swap-path detector by who is sought."""

import torch
from torch import Tensor
from torchvision.ops import box_iou, generalized_box_iou

from mmvireid.models.layers import SwapPathStage
from mmvireid.models.losses.distance import pairwise_distance
from mmvireid.registry import TASK_UTILS
from mmvireid.structures import BoxSamples, PersonBoxes

from .low_quality_matcher import LowQualityMatcher
from .query_pairs import NO_BOX, QueryPairs, select_pairs

ORDERS = ('distance', 'index')


@TASK_UTILS.register_module()
class QueryPath:
    """Query-centric training: queries are the persons in the batch.

    SPNet (WACV 2025), supplement, Sec. 8. Every pair of a scene and a query
    is a detection task of its own, in which other persons are background.
    All anchors of all pairs that are not ignored learn to classify. To
    regress, half of a positive pair's anchors are those nearest the box, by
    generalised overlap, the rest those that match best so far; all of a
    negative pair's are the latter.

    Args:
        num_pairs (int): How many pairs a batch has at most. Defaults to 32.
        anchors_per_pair (int): How many anchors of a pair learn to regress.
            Defaults to 64.
        hard_order (str): Which of the best matching anchors of a positive
            pair are taken: ``'distance'``, the best ones, or ``'index'``,
            those that come first among the anchors, as the released code
            does, which prefers small anchors at the top left. Defaults to
            ``'distance'``.

    Raises:
        ValueError: If the order is unknown.
    """

    #: whether the embeddings of annotated boxes are the queries
    needs_queries = True

    def __init__(
        self,
        num_pairs: int = 32,
        anchors_per_pair: int = 64,
        hard_order: str = 'distance',
    ) -> None:
        if hard_order not in ORDERS:
            raise ValueError(
                f'hard_order must be one of {ORDERS}, not "{hard_order}".'
            )
        self.num_pairs = num_pairs
        self.anchors_per_pair = anchors_per_pair
        self.hard_order = hard_order
        #: how many detections of a pair learn re-identification at most
        self.reid_per_pair = anchors_per_pair // 4

    def sample(
        self,
        stage: SwapPathStage,
        embeddings: Tensor,
        anchors: Tensor,
        people: PersonBoxes,
        matcher: LowQualityMatcher,
        queries: Tensor,
    ) -> tuple:
        """Score all anchors for all pairs and choose those that go on.

        Args:
            stage (SwapPathStage): The first stage.
            embeddings (Tensor): ``(N, A, d)`` of the anchors.
            anchors (Tensor): ``(A, 4)``.
            people (PersonBoxes): The ``G`` annotated boxes of the scenes.
            matcher (LowQualityMatcher): Says which anchors are foreground.
            queries (Tensor): ``(G, d)`` embeddings of the annotated boxes.

        Returns:
            tuple: Logits ``(R, A)`` and grades ``(R, A)`` (1 foreground, 0
            background, -1 ignored) of ``R`` pairs, and the
            :class:`BoxSamples`.
        """
        pairs = select_pairs(people, self.num_pairs)
        wanted = queries[pairs.queries]
        distances = pair_distances(wanted, embeddings, pairs.images)
        logits = stage.logits(distances)
        shown = (pairs.boxes != NO_BOX).nonzero().flatten()
        boxes = people.boxes[pairs.boxes[shown]]
        # Where the person is not shown, all anchors are background.
        grades = torch.zeros_like(distances, dtype=torch.long)
        grades[shown] = matcher.match_rows(box_iou(boxes, anchors))
        index = self._choose(logits.detach(), shown, boxes, anchors)
        pair = torch.arange(len(pairs), device=index.device)
        pair = pair[:, None].expand_as(index).flatten()
        index, images = index.flatten(), pairs.images[pair]
        samples = BoxSamples(
            images=images,
            boxes=anchors[index],
            offsets=stage.offsets(embeddings[images, index], wanted[pair]),
            grades=grades[pair, index],
            targets=_targets(people, pairs)[pair],
            person_ids=people.person_ids[pairs.queries][pair],
            pairs=pair,
        )
        return logits, grades, samples

    def _choose(
        self, logits: Tensor, shown: Tensor, boxes: Tensor, anchors: Tensor
    ) -> Tensor:
        """Choose ``(R, K)`` anchors, ``K`` at most as many as there are."""
        number = min(self.anchors_per_pair, len(anchors))
        hardest = logits.topk(number, dim=1).indices
        if not len(shown):
            return hardest
        nearest = (
            generalized_box_iou(boxes, anchors)
            .topk(number // 2, dim=1)
            .indices
        )
        hard = hardest[shown]
        taken = (hard[:, :, None] == nearest[:, None]).any(dim=2)
        rank = torch.arange(number, device=hard.device).expand_as(hard)
        key = hard if self.hard_order == 'index' else rank
        order = key.masked_fill(taken, len(anchors) + number).argsort(dim=1)
        rest = hard.gather(1, order[:, : number - number // 2])
        return hardest.index_copy(0, shown, torch.cat((nearest, rest), 1))


def pair_distances(
    queries: Tensor, embeddings: Tensor, images: Tensor
) -> Tensor:
    """Compute the distances between queries and all anchors of a scene.

    The squares are expanded, scene by scene, around the mean of the scene's
    queries: the differences themselves, ``(R, A, d)``, are never there. In
    float32.

    Args:
        queries (Tensor): ``(R, d)``.
        embeddings (Tensor): ``(N, A, d)`` of the anchors of all scenes.
        images (Tensor): ``(R,)`` ascending: the scene of each query.

    Returns:
        Tensor: ``(R, A)``.
    """
    counts = torch.bincount(images, minlength=len(embeddings)).tolist()
    rows = [
        pairwise_distance(of_scene, anchors)
        for of_scene, anchors in zip(
            queries.split(counts), embeddings, strict=True
        )
        if len(of_scene)
    ]
    if not rows:
        # Nothing to tell apart, but still a part of the graph.
        return embeddings[0].float().sum(dim=1)[None][:0]
    return torch.cat(rows)


def _targets(people: PersonBoxes, pairs: QueryPairs) -> Tensor:
    """Return the box ``(R, 4)`` of each pair, zeros where there is none."""
    nobody = people.boxes.new_zeros(1, 4)
    # NO_BOX counts from the end.
    return torch.cat((people.boxes, nobody))[pairs.boxes]
