"""AGW's non-local attention."""

from mmcv.cnn import build_norm_layer
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmvireid.models.precision import without_autocast
from mmvireid.registry import MODELS


@MODELS.register_module()
class NonLocalBlock(BaseModule):
    """Adds to each position a mean over all positions, weighted by likeness.

    The dot-product form of Wang et al., "Non-local Neural Networks" (CVPR
    2018), as Ye et al. (TPAMI 2021) use it: ``y = W((theta^T phi / N) g) +
    x``. The norm behind ``W`` starts at zero, so that the block starts as
    the identity. There is no softmax, hence ``phi g`` is computed first, and
    the N x N attention never exists.

    Args:
        channels (int): Channels of the input.
        inter_channels (int, optional): Channels of theta, phi and g.
            Defaults to 1, as in AGW's released code; None gives half of
            ``channels``, as in the papers.
        norm_cfg (dict, optional): Config of the norm. Defaults to None: a
            batch norm.
    """

    def __init__(
        self,
        channels: int,
        inter_channels: int | None = 1,
        norm_cfg: dict | None = None,
    ) -> None:
        # The backbone's initialisation reaches this norm too and is undone.
        kinds = ['_BatchNorm', 'GroupNorm']
        super().__init__(
            init_cfg=dict(type='Constant', layer=kinds, val=0, bias=0)
        )
        inter_channels = inter_channels or channels // 2
        self.theta = nn.Conv2d(channels, inter_channels, 1)
        self.phi = nn.Conv2d(channels, inter_channels, 1)
        self.g = nn.Conv2d(channels, inter_channels, 1)
        self.project = nn.Conv2d(inter_channels, channels, 1)
        norm_cfg = norm_cfg or dict(type='BN')
        self.norm = build_norm_layer(norm_cfg, channels)[1]
        nn.init.zeros_(self.norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Attend over ``(B, C, h, w)``; the shape stays."""
        theta, phi, g = (
            conv(x).flatten(2) for conv in (self.theta, self.phi, self.g)
        )
        # A sum over all positions, and its scale: too much for half precision.
        with without_autocast(x):
            summary = g.float() @ phi.float().transpose(1, 2) / g.shape[-1]
            attended = (summary @ theta.float()).unflatten(2, x.shape[2:])
            attended = attended.to(self.project.weight.dtype)
            return x + self.norm(self.project(attended)).to(x.dtype)
