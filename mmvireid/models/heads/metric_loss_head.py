"""A metric-learning loss on one of the features."""

from torch import Tensor

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead


@MODELS.register_module()
class MetricLossHead(BaseHead):
    """Applies a loss between embeddings: triplet, centre and their kin.

    Args:
        loss (dict): Config of a loss that is called as
            ``loss(features, labels, num_visible)``.
        feature (str): Which feature to look at. Defaults to ``'global'``,
            the pooled feature before the BNNeck.
        loss_weight (float): The weight of the loss. Defaults to 1.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.
    """

    def __init__(
        self,
        loss: dict,
        feature: str = 'global',
        loss_weight: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(feature, **kwargs)
        self.loss_module = MODELS.build(loss)
        self.loss_weight = loss_weight

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the loss.

        Args:
            features (dict[str, Tensor]): Features, ``(B, C)`` the one that
                the loss looks at.
            batch (Batch): The labels of the batch.

        Returns:
            dict[str, Tensor]: ``loss_metric``.
        """
        loss = self.loss_module(
            features[self.feature], batch.labels, batch.num_visible
        )
        return dict(loss_metric=self.loss_weight * loss)
