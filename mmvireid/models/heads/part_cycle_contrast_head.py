"""Part-aware contrast between the modalities."""

from torch import Tensor

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead
from .shuffled_stripes import permutations_of


@MODELS.register_module()
class PartCycleContrastHead(BaseHead):
    """MMGL's part-aware cycle contrast on the projected stripes.

    Args:
        feature (str): Which feature to look at, ``(B, n, d)``. Defaults to
            ``'unit_parts'``, see :class:`PartNeck`.
        loss (dict): Config of the contrast. Defaults to
            :class:`PartCycleContrast`.
        trade_off (float): The weight of the loss, lambda of MMGL's Eq. 7.
            Defaults to 0.2, the paper's.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.
    """

    def __init__(
        self,
        feature: str = 'unit_parts',
        loss: dict | None = None,
        trade_off: float = 0.2,
        **kwargs,
    ) -> None:
        super().__init__(feature, **kwargs)
        self.loss_module = MODELS.build(loss or dict(type='PartCycleContrast'))
        self.trade_off = trade_off

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the contrast.

        Args:
            features (dict[str, Tensor]): Features of shuffled images.
            batch (Batch): With the ``permutations`` of the images.

        Returns:
            dict[str, Tensor]: ``loss_cycle``.
        """
        parts = features[self.feature]
        permutations = permutations_of(batch, parts.shape[1])
        loss = self.loss_module(parts, permutations, batch.num_visible)
        return dict(loss_cycle=self.trade_off * loss)
