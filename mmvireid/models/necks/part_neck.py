"""Pooling of the whole map and of its stripes."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32
from mmvireid.models.stripes import require_whole_stripes
from mmvireid.registry import MODELS

from .pooling_neck import PoolingNeck


@MODELS.register_module()
class PartNeck(PoolingNeck):
    """Pools the map, and projects each of its horizontal stripes.

    The projection is that of PCB (Sun et al., ECCV 2018, Sec. 3.1): the mean
    of each stripe, and for each stripe a 1x1 convolution of its own, batch
    norm and ReLU. MMGL contrasts the result at unit length.

    Args:
        in_channels (int): Channels of the map; the model passes it.
        num_parts (int): How many stripes, ``n``. Defaults to 6.
        part_channels (int): Width of a projected stripe, ``d``. Defaults to
            256.
        norm_and_relu (bool): Whether batch norm and ReLU follow the
            convolution as in PCB; MMGL's text names the convolution only, so
            this is a reconstruction. Defaults to True.
        pooling (dict): Config of the pooling of the whole map. Defaults to
            GeM.
    """

    def __init__(
        self,
        in_channels: int,
        num_parts: int = 6,
        part_channels: int = 256,
        norm_and_relu: bool = True,
        pooling: dict | None = None,
    ) -> None:
        super().__init__(in_channels, pooling)
        self.num_parts = num_parts
        self.part_channels = part_channels
        width = num_parts * part_channels
        # The 1x1 convolutions of all stripes, as one batched product: several
        # times faster than a grouped convolution on a CPU.
        self.weight = nn.Parameter(
            torch.empty(num_parts, in_channels, part_channels)
        )
        self.bias = (
            None
            if norm_and_relu
            else nn.Parameter(torch.zeros(num_parts, 1, part_channels))
        )
        self.reset_parameters()
        self.activation = (
            nn.Sequential(nn.BatchNorm1d(width), nn.ReLU())
            if norm_and_relu
            else nn.Identity()
        )

    @property
    def out_channels(self) -> dict:
        """dict[str, int]: The width of each feature."""
        widths = dict.fromkeys(('parts', 'unit_parts'), self.part_channels)
        return {**super().out_channels, **widths}

    def forward(self, feature_map: Tensor) -> dict:
        """Compute the features of a batch.

        Args:
            feature_map (Tensor): ``(B, C, h, w)``; ``h`` must divide by the
                number of stripes.

        Returns:
            dict[str, Tensor]: ``map``, the input; ``global`` ``(B, C)``, the
            pooled feature; ``parts`` ``(B, n, d)``, the projected stripes;
            ``unit_parts`` ``(B, n, d)``, these at unit length.

        Raises:
            ValueError: If the rows of the map do not divide.
        """
        require_whole_stripes(feature_map, self.num_parts)
        features = super().forward(feature_map)
        parts = self._project(feature_map)
        unit_parts = F.normalize(at_least_float32(parts), dim=-1)
        return {**features, 'parts': parts, 'unit_parts': unit_parts}

    def reset_parameters(self) -> None:
        """Draw the projection as torch draws that of a convolution."""
        bound = self.in_channels**-0.5
        nn.init.uniform_(self.weight, -bound, bound)

    def _project(self, feature_map: Tensor) -> Tensor:
        rows, width = feature_map.shape[2:]
        stripes = F.avg_pool2d(feature_map, (rows // self.num_parts, width))
        parts = stripes.flatten(2).permute(2, 0, 1) @ self.weight
        if self.bias is not None:
            parts = parts + self.bias
        parts = self.activation(parts.transpose(0, 1).flatten(1))
        return parts.unflatten(1, (self.num_parts, self.part_channels))
