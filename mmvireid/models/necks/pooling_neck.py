"""Pooling and nothing else."""

from mmengine.model import BaseModule
from torch import Tensor

from mmvireid.registry import MODELS


@MODELS.register_module()
class PoolingNeck(BaseModule):
    """Pools the map.

    Args:
        in_channels (int): Channels of the map; the model passes it.
        pooling (dict): Config of a pooling from ``(B, C, h, w)`` to
            ``(B, C)``. Defaults to GeM.
    """

    def __init__(self, in_channels: int, pooling: dict | None = None) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.pooling = MODELS.build(pooling or dict(type='GeM'))

    @property
    def out_channels(self) -> dict:
        """dict[str, int]: The width of each feature."""
        return dict.fromkeys(('map', 'global'), self.in_channels)

    def forward(self, feature_map: Tensor) -> dict:
        """Compute the features of a batch.

        Args:
            feature_map (Tensor): ``(B, C, h, w)``.

        Returns:
            dict[str, Tensor]: ``map``, the input; ``global`` ``(B, C)``, the
            pooled feature.
        """
        return {'map': feature_map, 'global': self.pooling(feature_map)}
