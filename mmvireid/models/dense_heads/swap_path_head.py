"""Anchor embeddings, and the stages that compare them with queries."""

from collections.abc import Callable, Sequence

import torch
from mmengine.model import BaseModule, ModuleList
from torch import Tensor, nn
from torchvision.ops import generalized_box_iou_loss

from mmvireid.models.layers import SwapPathStage, vector_norms
from mmvireid.models.task_modules import (
    LowQualityMatcher,
    pair_distances,
    resample,
)
from mmvireid.registry import MODELS, TASK_UTILS
from mmvireid.structures import BoxSamples, PersonBoxes, clip_boxes

from .detections import Detections


@MODELS.register_module()
class SwapPathHead(BaseModule):
    """SPNet's dense head.

    SPNet (WACV 2025), Sec. 3. One convolution gives every anchor an
    embedding instead of a class and a box; a
    :class:`~mmvireid.models.layers.SwapPathStage` compares it with a query.

    Args:
        in_channels (int): The width of the maps.
        dim (int): The width of the embeddings. Defaults to 128.
        num_refinements (int): Cascade steps after the first stage, 0 to 2 in
            the paper. Defaults to 0.
        logits (dict, optional): Config of the logits. Defaults to
            :class:`~mmvireid.models.layers.FixedNormLogits`.
        path (dict, optional): Config of the path to train, ``ObjectPath`` or
            ``QueryPath``. Defaults to ``ObjectPath``.
        loss_anchor (dict, optional): Config of the anchors' loss. Defaults
            to :class:`~mmvireid.models.losses.AnchorFocalLoss`.
        anchor_generator (dict, optional): Config of the anchors. Defaults
            to ``SPNetAnchorGenerator``.
        matcher (dict, optional): Config of the first stage's matcher.
            Defaults to ``LowQualityMatcher``.

    Raises:
        ValueError: If refinements are to be trained on the query path.
    """

    def __init__(
        self,
        in_channels: int,
        dim: int = 128,
        num_refinements: int = 0,
        logits: dict | None = None,
        path: dict | None = None,
        loss_anchor: dict | None = None,
        anchor_generator: dict | None = None,
        matcher: dict | None = None,
    ) -> None:
        # The bias makes the embedding of every anchor long, so that at first
        # none matches any query.
        super().__init__(
            dict(type='Normal', layer='Conv2d', std=0.01, bias_prob=0.01)
        )
        self.dim = dim
        self.anchor_generator = TASK_UTILS.build(
            anchor_generator or dict(type='SPNetAnchorGenerator')
        )
        self.num_anchors = self.anchor_generator.num_base_priors[0]
        self.embedding = nn.Conv2d(
            in_channels, self.num_anchors * dim, 3, padding=1
        )
        logits = logits or dict(type='FixedNormLogits')
        self.stages = ModuleList(
            [SwapPathStage(dim, logits) for _ in range(1 + num_refinements)]
        )
        self.path = TASK_UTILS.build(path or dict(type='ObjectPath'))
        if num_refinements and self.path.needs_queries:
            raise ValueError(
                f'num_refinements={num_refinements} cannot be trained with '
                f'{type(self.path).__name__}: the refining stages are '
                'object-centric. Set num_refinements=0 for query-centric '
                'training; its weights load into all stages afterwards.'
            )
        self.loss_anchor = MODELS.build(
            loss_anchor or dict(type='AnchorFocalLoss')
        )
        self.matcher = TASK_UTILS.build(
            matcher or dict(type='LowQualityMatcher')
        )
        # Refined boxes are good or bad, with nothing between.
        self.refined_matcher = LowQualityMatcher(
            0.5, 0.5, match_low_quality=False
        )
        self.coder = TASK_UTILS.build(
            dict(type='mmdet.DeltaXYWHBBoxCoder', clip_border=False)
        )

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Embed all anchors.

        Args:
            maps (Sequence[Tensor]): The pyramid's levels ``(N, C, h, w)``.

        Returns:
            Tensor: ``(N, A, d)``, in the order of the anchors.
        """
        levels = [
            self.embedding(level)
            .unflatten(1, (self.num_anchors, self.dim))
            .permute(0, 3, 4, 1, 2)
            .flatten(1, 3)
            for level in maps
        ]
        return torch.cat(levels, dim=1)

    def anchors(self, maps: Sequence[Tensor], image_size: tuple) -> Tensor:
        """Lay the anchors over the batch.

        Args:
            maps (Sequence[Tensor]): The pyramid's levels.
            image_size (tuple[int]): ``(H, W)`` of the padded inputs.

        Returns:
            Tensor: ``(A, 4)``.
        """
        sizes = [tuple(level.shape[-2:]) for level in maps]
        return self.anchor_generator.image_priors(
            sizes, image_size, maps[0].device
        )

    def loss(
        self,
        maps: Sequence[Tensor],
        people: PersonBoxes,
        image_size: tuple,
        queries: Tensor | None = None,
    ) -> tuple:
        """Compute the losses of the first stage.

        Args:
            maps (Sequence[Tensor]): The pyramid's levels ``(N, C, h, w)``.
            people (PersonBoxes): The ``G`` annotated boxes.
            image_size (tuple[int]): ``(H, W)`` of the padded inputs.
            queries (Tensor, optional): ``(G, d)`` embeddings of the annotated
                boxes, for the query path.

        Returns:
            tuple: A dict with ``loss_anchor`` and ``loss_box``; the
            :class:`BoxSamples`, and their corrected boxes ``(S, 4)``, clipped
            and without gradient.
        """
        embeddings = self(maps)
        anchors = self.anchors(maps, image_size)
        logits, grades, samples = self.path.sample(
            self.stages[0], embeddings, anchors, people, self.matcher, queries
        )
        loss_box, boxes = self._correct(self.stages[0], samples, people)
        loss_anchor = self.loss_anchor(logits, grades)
        losses = dict(loss_anchor=loss_anchor, loss_box=loss_box)
        return losses, samples, boxes

    def refinement_loss(
        self,
        step: int,
        images: Tensor,
        boxes: Tensor,
        people: PersonBoxes,
        embed: Callable,
    ) -> tuple:
        """Compute the losses of a refining stage.

        Args:
            step (int): The number of the stage, from 1 on.
            images (Tensor): ``(S,)`` the scene of each box.
            boxes (Tensor): ``(S, 4)`` from the stage before.
            people (PersonBoxes): The annotated boxes; they join the boxes.
            embed (Callable): Embeds boxes: ``(boxes, images) -> (., d)``.

        Returns:
            tuple: A dict with ``loss_class_<step>`` and ``loss_box_<step>``;
            the samples, and their corrected boxes.
        """
        stage = self.stages[step]
        samples = resample(
            images,
            boxes,
            people,
            self.refined_matcher,
            self.path.anchors_per_image,
            lambda *where: stage.offsets(embed(*where)),
        )
        logits = stage.classify(samples.offsets)
        targets = (samples.grades > 0).to(logits.dtype)
        entropy = nn.functional.binary_cross_entropy_with_logits(
            logits, targets, reduction='sum'
        )
        loss_box, boxes = self._correct(stage, samples, people)
        losses = {
            f'loss_class_{step}': entropy / targets.sum().clamp(min=1),
            f'loss_box_{step}': loss_box,
        }
        return losses, samples, boxes

    def _correct(
        self, stage: SwapPathStage, samples: BoxSamples, people: PersonBoxes
    ) -> tuple:
        """Return the loss of the boxes' corrections, and the new boxes."""
        boxes = self.coder.decode(
            samples.boxes, stage.regress(samples.offsets)
        )
        foreground = samples.grades > 0
        total = generalized_box_iou_loss(
            boxes[foreground], samples.targets[foreground], reduction='sum'
        )
        loss = total / foreground.sum().clamp(min=1)
        sizes = people.image_sizes[samples.images]
        return loss, clip_boxes(boxes.detach(), sizes)

    def detect(
        self,
        embeddings: Tensor,
        anchors: Tensor,
        sizes: Tensor,
        score_thr: float,
        candidates: int,
        queries: Tensor | None = None,
        images: Tensor | None = None,
    ) -> Detections:
        """Find persons, or the persons sought.

        Args:
            embeddings (Tensor): ``(N, A, d)`` of all anchors.
            anchors (Tensor): ``(A, 4)``.
            sizes (Tensor): ``(N, 2)`` widths and heights without padding.
            score_thr (float): What scores must be above.
            candidates (int): How many anchors of a scene, or of a query in
                a scene, are looked at; the best ones.
            queries (Tensor, optional): ``(R, d)`` who is sought. Defaults to
                none: anyone.
            images (Tensor, optional): ``(R,)`` ascending: the scene to seek
                each in.

        Returns:
            Detections: Of which several may show one person.
        """
        stage = self.stages[0]
        if queries is None:
            images = torch.arange(len(embeddings), device=embeddings.device)
            norms = vector_norms(stage.offsets(embeddings))
        else:
            norms = pair_distances(queries, embeddings, images)
        number = min(candidates, norms.shape[1])
        logits, index = stage.logits(norms).topk(number, dim=1)
        scores = logits.sigmoid()
        row, column = (scores > score_thr).nonzero().unbind(1)
        index, images = index[row, column], images[row]
        wanted = None if queries is None else queries[row]
        offsets = stage.offsets(embeddings[images, index], wanted)
        boxes = self.coder.decode(anchors[index], stage.regress(offsets))
        return Detections(
            images=images,
            boxes=clip_boxes(boxes, sizes[images]),
            scores=scores[row, column],
            queries=None if queries is None else row,
        )

    def refine(
        self, step: int, found: Detections, embeddings: Tensor, sizes: Tensor
    ) -> Detections:
        """Score and correct detections anew.

        Args:
            step (int): The number of the stage, from 1 on.
            found (Detections): ``M`` detections of the stage before.
            embeddings (Tensor): ``(M, d)`` of their boxes.
            sizes (Tensor): ``(N, 2)`` widths and heights without padding.

        Returns:
            Detections: As many.
        """
        stage = self.stages[step]
        offsets = stage.offsets(embeddings)
        boxes = self.coder.decode(found.boxes, stage.regress(offsets))
        return Detections(
            images=found.images,
            boxes=clip_boxes(boxes, sizes[found.images]),
            scores=stage.classify(offsets).sigmoid(),
        )
