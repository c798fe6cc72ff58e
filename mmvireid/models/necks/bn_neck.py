"""Pooling and the batch norm between metric and identity losses."""

from torch import Tensor, nn

from mmvireid.registry import MODELS

from .pooling_neck import PoolingNeck


@MODELS.register_module()
class BNNeck(PoolingNeck):
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
        super().__init__(in_channels, pooling)
        self.bn = nn.BatchNorm1d(in_channels)
        self.bn.bias.requires_grad_(False)

    @property
    def out_channels(self) -> dict:
        """dict[str, int]: The width of each feature."""
        return {**super().out_channels, 'bn': self.in_channels}

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
        features = super().forward(feature_map)
        return {**features, 'bn': self.bn(features['global'])}
