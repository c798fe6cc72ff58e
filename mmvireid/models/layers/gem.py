"""Generalised-mean pooling."""

import math

from mmengine.model import BaseModule
from torch import Tensor

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

#: Keeps the root's slope finite where a channel is zero everywhere.
EPSILON = 1e-12


@MODELS.register_module()
class GeM(BaseModule):
    """Pools a map to its generalised mean ``(mean(x^p) + 1e-12)^(1/p)``.

    Radenović et al. (TPAMI 2019) in the form of Ye et al. (TPAMI 2021): p is
    fixed. Computed in float32, for a cube leaves half precision soon.

    Args:
        p (float): 1 is the mean; the larger, the nearer to the maximum.
            Defaults to 3.
        clamp (float, optional): Smaller values count as this one, so that
            maps with negative values (of ConvNeXt, Swin, ViT) have a root.
            On the maps of a ReLU it changes nothing. Defaults to 1e-6; None
            pools as AGW's released code does.

    Raises:
        ValueError: If ``p`` is not positive and finite.
    """

    def __init__(self, p: float = 3.0, clamp: float | None = 1e-6) -> None:
        super().__init__()
        if not 0 < p < math.inf:
            raise ValueError(f'p must be positive and finite, but is {p}.')
        self.p = p
        self.clamp = clamp

    def forward(self, x: Tensor) -> Tensor:
        """Pool ``(B, C, h, w)`` to ``(B, C)`` in float32 (or float64)."""
        with without_autocast(x):
            x = at_least_float32(x)
            if self.clamp is not None:
                x = x.clamp(min=self.clamp)
            return (x.pow(self.p).mean((2, 3)) + EPSILON).pow(1 / self.p)
