"""Classification of the training identities."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead


@MODELS.register_module()
class IdentityHead(BaseHead):
    """A linear classifier of identities without bias, behind a BNNeck.

    The design is that of Luo et al. (CVPR Workshops 2019, Sec. 3.5), used by
    Ye et al. (TPAMI 2021).

    Args:
        feature (str): Which feature to classify. Defaults to ``'bn'``.
        label_smoothing (float): How much of the target is spread evenly over
            all identities, 0 to 1. Defaults to 0.
        loss_weight (float): The weight of the loss. Defaults to 1.
        init_cfg (dict): Defaults to a normal distribution of deviation
            0.001.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.

    Raises:
        ValueError: If the number of identities is not known.
    """

    def __init__(
        self,
        feature: str = 'bn',
        label_smoothing: float = 0.0,
        loss_weight: float = 1.0,
        init_cfg: dict | None = None,
        **kwargs,
    ) -> None:
        init_cfg = init_cfg or dict(type='Normal', layer='Linear', std=0.001)
        super().__init__(feature, init_cfg=init_cfg, **kwargs)
        self.require_identities()
        self.label_smoothing = label_smoothing
        self.loss_weight = loss_weight
        self.fc = nn.Linear(self.in_channels, self.num_identities, bias=False)

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the cross entropy and the share of correct guesses.

        Args:
            features (dict[str, Tensor]): Features, ``(B, C)`` the one that
                is classified.
            batch (Batch): The labels of the batch.

        Returns:
            dict[str, Tensor]: ``loss_ce`` and ``accuracy`` (percent).
        """
        return self.classify(self.logits(features), batch)

    def logits(self, features: dict[str, Tensor]) -> Tensor:
        """Score the identities.

        Args:
            features (dict[str, Tensor]): Features, ``(B, C)`` the one that
                is classified.

        Returns:
            Tensor: ``(B, num_identities)``.
        """
        return self.fc(features[self.feature])

    def classify(self, logits: Tensor, batch: Batch) -> dict:
        """Compute the cross entropy of scores.

        Args:
            logits (Tensor): ``(B, num_identities)``.
            batch (Batch): The labels of the batch.

        Returns:
            dict[str, Tensor]: As :meth:`loss`.
        """
        loss = F.cross_entropy(
            logits, batch.labels, label_smoothing=self.label_smoothing
        )
        correct = logits.detach().argmax(dim=1) == batch.labels
        return dict(
            loss_ce=self.loss_weight * loss,
            accuracy=100 * correct.float().mean(),
        )
