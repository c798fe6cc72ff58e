"""Pooling and the batch norm between metric and identity losses."""

from mmengine.model import BaseModule
from torch import Tensor, nn

from mmvireid.registry import MODELS


@MODELS.register_module()
class BNNeck(BaseModule):
    """Pools the map and normalises the result for classification.

    Luo et al., "Bag of Tricks and a Strong Baseline for Deep Person
    Re-identification" (CVPR Workshops 2019), Sec. 3.5: the triplet sees the
    feature before the batch norm, the classifier the one after it. Both
    modalities share the norm's statistics.

    Args:
        in_channels (int): Channels of the map; the model passes it.
        pooling (dict): Config of a pooling from ``(B, C, h, w)`` to
            ``(B, C)``. Defaults to GeM.
    """

    def __init__(self, in_channels: int, pooling: dict | None = None) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.pooling = MODELS.build(pooling or dict(type='GeM'))
        self.bn = nn.BatchNorm1d(in_channels)
        self.bn.bias.requires_grad_(False)

    @property
    def out_channels(self) -> dict:
        """dict[str, int]: The width of each feature."""
        return dict.fromkeys(('map', 'global', 'bn'), self.in_channels)

    def init_weights(self) -> None:
        """Draw the scale of the norm from N(1, 0.01); the shift stays 0."""
        super().init_weights()
        nn.init.normal_(self.bn.weight, 1.0, 0.01)
        nn.init.zeros_(self.bn.bias)

    def forward(self, feature_map: Tensor) -> dict:
        """Compute the features of a batch.

        Args:
            feature_map (Tensor): ``(B, C, h, w)``.

        Returns:
            dict[str, Tensor]: ``map``, the input; ``global`` ``(B, C)``, the
            pooled feature; ``bn`` ``(B, C)``, the same after the norm.
        """
        pooled = self.pooling(feature_map)
        return {'map': feature_map, 'global': pooled, 'bn': self.bn(pooled)}
