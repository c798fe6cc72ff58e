"""What is in a box: embeddings of persons."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.model import BaseModule, ModuleList
from torch import Tensor, nn
from torchvision.ops import roi_align

from mmvireid.models.backbones import TwoStream
from mmvireid.models.precision import at_least_float32
from mmvireid.registry import MODELS

from .last_stage import copy_last_stage
from .location_embedding import LocationEmbedding
from .reid_embedding import ReIDEmbedding

#: the side of a box's map, and the stride of the map it is cut from
ROI_SIZE, STRIDE = 14, 8
#: boxes that are embedded at a time in testing
CHUNK = 1024


@MODELS.register_module()
class PersonRoIHead(BaseModule):
    """Embeds boxes for re-identification and for localisation.

    SPNet (WACV 2025), supplement, Table 7. Boxes are cut from the finest
    level of the pyramid. With shared heads both embeddings are one and the
    same; with separate heads, localisation has one head for each refinement,
    and one where there is none.

    Args:
        backbone (TwoStream): Its last stage is copied into every head.
        widths (Sequence[int]): The widths of its stages.
        loc_dim (int): The width of the embeddings of localisation.
        num_identities (int, optional): Labelled training persons.
        num_refinements (int): Cascade steps. Defaults to 0.
        reid_dim (int): The width of the embeddings of re-identification.
            Defaults to 128.
        shared (bool): Whether both have one head. Defaults to True.
        norm (str): What follows the projections of re-identification, see
            :class:`ReIDEmbedding`. Defaults to ``'batchnorm'``.
        gt_only (bool): Whether re-identification learns from annotated boxes
            alone (Table 6). Defaults to False: from good detections too.
        reid_iou (float): From which overlap with its annotated box on a
            detection is good. Defaults to 0.7.
        loss_reid (dict, optional): Config of the loss. Defaults to
            :class:`~mmvireid.models.losses.OnlineInstanceMatching`.

    Raises:
        ValueError: If shared heads are to have two widths.
    """

    def __init__(
        self,
        backbone: TwoStream,
        widths: tuple,
        loc_dim: int,
        num_identities: int | None = None,
        num_refinements: int = 0,
        reid_dim: int = 128,
        shared: bool = True,
        norm: str = 'batchnorm',
        gt_only: bool = False,
        reid_iou: float = 0.7,
        loss_reid: dict | None = None,
    ) -> None:
        super().__init__()
        if shared and reid_dim != loc_dim:
            raise ValueError(
                'Shared heads give one embedding for both tasks, but '
                f'roi_head.reid_dim is {reid_dim} and bbox_head.dim '
                f'{loc_dim}. Make them equal or set roi_head.shared=False.'
            )
        self.shared = shared
        self.gt_only = gt_only
        self.reid_iou = reid_iou
        plain = backbone.backbone
        self.reid = ReIDEmbedding(plain, tuple(widths[-2:]), reid_dim, norm)
        self.locate = ModuleList(
            []
            if shared
            else [
                LocationEmbedding(plain, widths[-1], loc_dim)
                for _ in range(max(1, num_refinements))
            ]
        )
        self.loss_reid = MODELS.build(
            {
                **(loss_reid or dict(type='OnlineInstanceMatching')),
                'dim': reid_dim,
                'num_identities': num_identities,
            }
        )

    def copy_from(self, backbone: TwoStream) -> None:
        """Start all heads from the last stage of the backbone.

        Args:
            backbone (TwoStream): With the weights that it starts from.
        """
        weights = copy_last_stage(backbone.backbone).state_dict()
        for head in (self.reid, *self.locate):
            head.last_stage.load_state_dict(weights)

    def embed_reid(
        self, feature_map: Tensor, boxes: Tensor, images: Tensor
    ) -> Tensor:
        """Embed boxes for re-identification.

        Args:
            feature_map (Tensor): ``(N, C, h, w)``, of stride 8.
            boxes (Tensor): ``(R, 4)`` corners in pixels of the input.
            images (Tensor): ``(R,)`` the scene of each.

        Returns:
            Tensor: ``(R, D)``, of any norm.
        """
        return embed_rois(self.reid, feature_map, boxes, images)

    def embed_location(
        self, feature_map: Tensor, boxes: Tensor, images: Tensor, step: int = 1
    ) -> Tensor:
        """Embed boxes for localisation.

        Args:
            feature_map (Tensor): ``(N, C, h, w)``, of stride 8.
            boxes (Tensor): ``(R, 4)`` corners in pixels of the input.
            images (Tensor): ``(R,)`` the scene of each.
            step (int): The refinement that it is for, from 1 on. Queries
                are embedded as for the first.

        Returns:
            Tensor: ``(R, d)``.
        """
        head = self.reid if self.shared else self.locate[step - 1]
        return embed_rois(head, feature_map, boxes, images)


def embed_rois(
    head: nn.Module, feature_map: Tensor, boxes: Tensor, images: Tensor
) -> Tensor:
    """Cut boxes from a map and embed them.

    Args:
        head (nn.Module): What embeds the maps of boxes.
        feature_map (Tensor): ``(N, C, h, w)``, of stride 8.
        boxes (Tensor): ``(R, 4)`` corners in pixels of the input.
        images (Tensor): ``(R,)`` the scene of each.

    Returns:
        Tensor: ``(R, D)``.
    """
    rois = torch.cat((images[:, None].to(boxes.dtype), boxes), dim=1)
    if not len(rois):
        # One box for nothing: every weight is to have a gradient.
        with _without_statistics(head):
            return head(crop(feature_map, boxes.new_zeros(1, 5)))[:0]
    # In training the batch norm is to see all boxes at once.
    size = len(rois) if head.training else CHUNK
    return torch.cat(
        [head(crop(feature_map, part)) for part in rois.split(size)]
    )


@contextmanager
def _without_statistics(head: nn.Module) -> Iterator[None]:
    """Keep batch norms from taking up what they see."""
    modes = {module: module.training for module in head.modules()}
    head.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


def crop(feature_map: Tensor, rois: Tensor) -> Tensor:
    """Cut the maps of boxes from a map.

    Args:
        feature_map (Tensor): ``(N, C, h, w)``, of stride 8.
        rois (Tensor): ``(R, 5)`` scenes and corners in pixels of the input.

    Returns:
        Tensor: ``(R, C, 14, 14)``.
    """
    feature_map = at_least_float32(feature_map)
    return roi_align(
        feature_map,
        rois.to(feature_map.dtype),
        ROI_SIZE,
        spatial_scale=1 / STRIDE,
        sampling_ratio=2,
        aligned=False,
    )
