"""Embeddings to find and correct boxes by."""

from mmengine.model import BaseModule
from torch import Tensor, nn

from .last_stage import copy_last_stage


class LocationEmbedding(BaseModule):
    """Embeds the content of boxes for localisation alone.

    Used where localisation and re-identification have separate heads (SPNet,
    supplement, Table 7).

    Args:
        backbone (nn.Module): Its last stage is copied.
        width (int): The width of its last stage.
        dim (int): The width of the embedding.
    """

    def __init__(self, backbone: nn.Module, width: int, dim: int) -> None:
        super().__init__()
        self.last_stage = copy_last_stage(backbone)
        self.projection = nn.Linear(width, dim, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Embed boxes.

        Args:
            maps (Tensor): ``(R, C4, h, w)`` their maps.

        Returns:
            Tensor: ``(R, d)``.
        """
        return self.projection(self.last_stage(maps).amax((2, 3)))
