"""Embeddings to tell persons apart by."""

import torch
from mmengine.model import BaseModule, ModuleList
from torch import Tensor, nn

from mmvireid.models.layers import SafeBatchNorm1d

from .last_stage import copy_last_stage

NORMS = {
    'batchnorm': lambda width: SafeBatchNorm1d(width, affine=False),
    'layernorm': nn.LayerNorm,
    'groupnorm': lambda width: nn.GroupNorm(32, width),
    'none': lambda width: nn.Identity(),
}


class ReIDEmbedding(BaseModule):
    """Embeds the content of boxes at two depths.

    In the form of Norm-Aware Embedding (Chen et al., CVPR 2020): the map of
    a box, and what a copy of the backbone's last stage makes of it, are
    pooled by their maxima and projected, each to one half of the embedding.

    Args:
        backbone (nn.Module): Its last stage is copied.
        widths (Sequence[int]): ``(C4, C5)``, those of its last two stages.
        dim (int): The width of the embedding, 128 or 2048 in the paper.
        norm (str): What follows the projections: ``'batchnorm'``,
            ``'layernorm'``, ``'groupnorm'`` (32 groups) or ``'none'``.
            Defaults to ``'batchnorm'``, which has no weights.

    Raises:
        ValueError: If the norm is unknown.
    """

    def __init__(
        self, backbone: nn.Module, widths: tuple, dim: int, norm: str
    ) -> None:
        super().__init__()
        if norm not in NORMS:
            raise ValueError(
                f'norm must be one of {sorted(NORMS)}, not "{norm}".'
            )
        self.last_stage = copy_last_stage(backbone)
        halves = (dim // 2, dim - dim // 2)
        self.projections = ModuleList(
            [
                nn.Sequential(nn.Linear(width, half), NORMS[norm](half))
                for width, half in zip(widths, halves, strict=True)
            ]
        )
        for projection in self.projections:
            nn.init.normal_(projection[0].weight, std=0.01)
            nn.init.zeros_(projection[0].bias)

    def forward(self, maps: Tensor) -> Tensor:
        """Embed boxes.

        Args:
            maps (Tensor): ``(R, C4, h, w)`` their maps.

        Returns:
            Tensor: ``(R, D)``, of any norm.
        """
        pooled = (maps.amax((2, 3)), self.last_stage(maps).amax((2, 3)))
        halves = [
            projection(x)
            for projection, x in zip(self.projections, pooled, strict=True)
        ]
        return torch.cat(halves, dim=1)
