"""Classification of two views that must agree."""

from torch import Tensor

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .identity_head import IdentityHead


@MODELS.register_module()
class ConsistentIdentityHead(IdentityHead):
    """A classifier whose answers to two views of an image agree.

    For TOPLight's pre-training: the visible half of the batch holds the first
    views, the infrared half the second views of the same images, in the same
    order, as ``Views(..., modalities=(0, 1))`` gives them.

    Args:
        consistency (dict): Config of a loss that is called as ``loss(first,
            second)``, with logits, or with features if its ``form`` is
            ``'feature'``. Defaults to :class:`IdentityConsistencyLoss`.
        consistency_weight (float): Its weight. Defaults to 1.
        **kwargs: Those of :class:`IdentityHead`.
    """

    def __init__(
        self,
        consistency: dict | None = None,
        consistency_weight: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.consistency = MODELS.build(
            consistency or dict(type='IdentityConsistencyLoss')
        )
        self.consistency_weight = consistency_weight

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute cross entropy and consistency.

        Args:
            features (dict[str, Tensor]): Features, ``(B, C)`` the one that
                is classified.
            batch (Batch): The labels of the batch.

        Returns:
            dict[str, Tensor]: ``loss_ce``, ``loss_consistency`` and
            ``accuracy`` (percent).

        Raises:
            ValueError: If the halves are not two views of the same images.
        """
        self._check_pairs(batch)
        logits = self.logits(features)
        compared = (
            features[self.feature]
            if getattr(self.consistency, 'form', 'logits') == 'feature'
            else logits
        )
        loss = self.consistency(
            compared[: batch.num_visible], compared[batch.num_visible :]
        )
        return dict(
            self.classify(logits, batch),
            loss_consistency=self.consistency_weight * loss,
        )

    @staticmethod
    def _check_pairs(batch: Batch) -> None:
        images = [sample.get('sample_idx') for sample in batch.data_samples]
        first = images[: batch.num_visible]
        second = images[batch.num_visible :]
        if first != second or None in first:
            raise ValueError(
                'ConsistentIdentityHead compares two views of each image, '
                f'but the visible half of the batch has {len(first)} images '
                f'({first[:4]}, ...) and the infrared half {len(second)} '
                f'({second[:4]}, ...). End the pipeline with Views(..., '
                'modalities=(0, 1)), and let PackCrossModalityInputs keep '
                'sample_idx.'
            )
