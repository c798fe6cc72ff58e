"""The swap-path network."""

import logging
from collections.abc import Sequence
from functools import partial
from inspect import signature

import torch
from mmengine.logging import print_log
from torch import Tensor, nn

from mmvireid.models.backbones import feature_shapes
from mmvireid.models.task_modules import good_detections
from mmvireid.registry import MODELS
from mmvireid.structures import PersonBoxes, visible_first

from .momentum_teacher import MomentumTeacher
from .person_search_weights import load_person_search_weights
from .person_searcher import PersonSearcher

#: of the backbone's outputs
STRIDES = [8, 16, 32]


@MODELS.register_module()
class SPNet(PersonSearcher):
    """Finds persons in scenes and tells who they are.

    "Swap Path Network for Robust Person Search Pre-training" (WACV 2025).
    A pyramid of maps, a dense head that compares anchors with queries, and
    embeddings of boxes. On the query path the queries are persons; on the
    object path every anchor predicts its own. All weights but the bridge's
    are common to both, so that one can be trained after the other.

    Widths are inferred: the pyramid is as wide as the backbone's last stage
    but one, so that a copy of the last stage can embed what is cut from it.

    Args:
        backbone (dict): Config of a :class:`TwoStream` with three outputs of
            strides 8, 16 and 32.
        neck (dict): Config of the pyramid, such as ``mmdet.FPN``.
        bbox_head (dict): Config of a :class:`SwapPathHead`.
        roi_head (dict): Config of a :class:`PersonRoIHead`.
        num_refinements (int): Cascade steps, 0 to 2 in the paper. Defaults
            to 0.
        num_identities (int, optional): Labelled training persons.
            ``tools/train.py`` takes the number from the dataset.
        teacher_momentum (float, optional): That of a momentum teacher, such
            as 0.9999, for losses that need one. Defaults to no teacher.
        memory (dict, optional): Config of a :class:`ClassifierMemory`, for
            learning without forgetting. Defaults to none.
        reid_only (bool): Whether to train re-identification of annotated
            boxes alone (supplement, Table 6). Defaults to False.
        test_path (str): How to search: ``'object'``, by comparing all
            persons found, or ``'query'``, by looking for each query.
            Defaults to ``'object'``.
        test_cfg (dict, optional): Options of :class:`PersonSearcher`.
        pretrained (dict, optional): Weights of another SPNet to start from,
            arguments of :func:`load_person_search_weights`. Defaults to none.
        data_preprocessor (dict, optional): Config of the preprocessor.
            Defaults to :class:`PersonSearchDataPreprocessor`.
        init_cfg (dict | list[dict], optional): Initialisation of the whole.

    Raises:
        ValueError: If a model with refinements is to be trained or tested
            query-centric, or the backbone's maps are not of strides 8, 16
            and 32.
        TypeError: If ``pretrained`` has an option that there is not.

    Attributes:
        pretrained_on (list[dict]): The ``dataset_meta`` of the checkpoint
            that the weights come from, if any.
    """

    def __init__(
        self,
        backbone: dict,
        neck: dict,
        bbox_head: dict,
        roi_head: dict,
        num_refinements: int = 0,
        num_identities: int | None = None,
        teacher_momentum: float | None = None,
        memory: dict | None = None,
        reid_only: bool = False,
        test_path: str = 'object',
        test_cfg: dict | None = None,
        pretrained: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | list | None = None,
    ) -> None:
        super().__init__(test_path, test_cfg, data_preprocessor, init_cfg)
        self.backbone = MODELS.build(backbone)
        widths = _widths(self.backbone)
        channels = dict(in_channels=widths, out_channels=widths[-2])
        self.neck = MODELS.build({**neck, **channels})
        self.bbox_head = MODELS.build(
            dict(
                bbox_head,
                in_channels=widths[-2],
                num_refinements=num_refinements,
            )
        )
        self.roi_head = MODELS.build(
            dict(
                roi_head,
                backbone=self.backbone,
                widths=widths,
                loc_dim=self.bbox_head.dim,
                num_refinements=num_refinements,
                num_identities=num_identities,
            )
        )
        self.num_refinements = num_refinements
        self._check_test_path()
        self.reid_only = reid_only
        if pretrained is not None:
            # now, not when the weights are loaded
            signature(load_person_search_weights).bind(self, **pretrained)
        self.pretrained = pretrained
        self.pretrained_on: list = []
        self.memory = None
        if memory is not None:
            options = dict(backbone=self.backbone, width=widths[-1])
            self.memory = MODELS.build({**memory, **options})
        self.teacher = None
        if teacher_momentum is not None:
            self.teacher = MomentumTeacher(self._student(), teacher_momentum)

    def _check_test_path(self) -> None:
        if self.test_path == 'query':
            self._refuse_refinements()
        path = self.bbox_head.path
        if path.needs_queries != (self.test_path == 'query'):
            print_log(
                f"test_path is '{self.test_path}', which is not how "
                f'{type(path).__name__} trains: the other path of a model '
                'searches by what an earlier training left in it.',
                logger='current',
                level=logging.WARNING,
            )

    def _student(self) -> nn.ModuleDict:
        parts = dict(backbone=self.backbone, neck=self.neck)
        return nn.ModuleDict({**parts, 'reid': self.roi_head.reid})

    def init_weights(self) -> None:
        """Initialise, load what is given, then make the copies."""
        super().init_weights()
        self.roi_head.copy_from(self.backbone)
        if self.memory is not None:
            self.memory.copy_from(self.backbone)
        if self.pretrained is not None:
            self.pretrained_on = load_person_search_weights(
                self, **self.pretrained
            )
        if self.teacher is not None:
            self.teacher.copy_from(self._student())

    def loss(self, inputs: Tensor, data_samples: list) -> dict:
        """Compute all losses.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``.
            data_samples (list[DetDataSample]): ``N`` samples with ``bboxes``
                and ``person_ids``.

        Returns:
            dict[str, Tensor]: Named ``loss_*``.
        """
        order, num_visible = visible_first(data_samples, inputs.device)
        inputs = inputs[order]
        data_samples = [data_samples[i] for i in order.tolist()]
        people = PersonBoxes.from_samples(data_samples, inputs.device)
        raw_maps = self.backbone(inputs, num_visible)
        maps = self.neck(raw_maps)
        losses, boxes, images, person_ids, embeddings = self._find(
            maps, people, tuple(inputs.shape[-2:])
        )
        teacher = None
        if self.teacher is not None:
            num_found = len(boxes) - len(people.boxes)
            teacher = self.teacher.embed(
                inputs, num_visible, boxes, images, num_found
            )
        losses['loss_reid'] = self.roi_head.loss_reid(
            embeddings, person_ids, teacher
        )
        if self.memory is not None:
            losses['loss_memory'] = self.memory(
                inputs, num_visible, raw_maps[-1]
            )
        if self.teacher is not None and self.training:
            self.teacher.update(self._student())
        return losses

    def _find(
        self, maps: Sequence[Tensor], people: PersonBoxes, image_size: tuple
    ) -> tuple:
        """Train to find persons, and embed those found and those annotated.

        Returns:
            tuple: A dict of losses; boxes ``(R, 4)``, their scenes, persons
            and embeddings, the detections first.
        """
        finest, head, roi_head = maps[0], self.bbox_head, self.roi_head
        annotated = (people.boxes, people.images)
        embeddings = roi_head.embed_reid(finest, *annotated)
        result = (*annotated, people.person_ids, embeddings)
        if self.reid_only:
            return {}, *result
        queries = None
        if head.path.needs_queries:
            queries = embeddings
            if not roi_head.shared:
                queries = roi_head.embed_location(finest, *annotated)
        losses, samples, boxes = head.loss(maps, people, image_size, queries)
        for step in range(1, self.num_refinements + 1):
            embed = partial(roi_head.embed_location, finest, step=step)
            step_losses, samples, boxes = head.refinement_loss(
                step, samples.images, boxes, people, embed
            )
            losses.update(step_losses)
        if roi_head.gt_only:
            return losses, *result
        good = good_detections(
            samples, boxes, roi_head.reid_iou, head.path.reid_per_pair
        )
        boxes, images = boxes[good], samples.images[good]
        found = roi_head.embed_reid(finest, boxes, images)
        found = (boxes, images, samples.person_ids[good], found)
        joined = zip(found, result, strict=True)
        return losses, *(torch.cat(pair) for pair in joined)


def _widths(backbone: nn.Module) -> list:
    """Return the widths of the stages, which must have the strides of SPNet.

    Raises:
        ValueError: If they have others.
    """
    side = 256
    shapes = feature_shapes(backbone, (side, side))
    strides = [side // height for _, height, _ in shapes]
    if strides != STRIDES:
        raise ValueError(
            'The backbone must give maps of the strides 8, 16 and 32, the '
            'first of which boxes are cut from, but it gives those of '
            f'{strides}. Set its out_indices to the last three stages, and '
            'strides=(1, 2, 2, 2) for a ResNet.'
        )
    return [channels for channels, _, _ in shapes]
