"""Classification of the training identities part by part."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead


@MODELS.register_module()
class PartIdentityHead(BaseHead):
    """A linear classifier of identities for each part.

    As in PCB (Sun et al., ECCV 2018, Sec. 3.2), every part alone must tell
    who it is. The classifiers see parts behind a batch norm, as that of a
    BNNeck does. PCB sums the losses of the parts; here they are averaged, to
    weigh as much as that of the whole.

    Args:
        num_parts (int): How many parts, ``n``. Defaults to 6.
        feature (str): Which feature to classify, ``(B, n, d)``. Defaults to
            ``'parts'``.
        loss_weight (float): The weight of the loss. Defaults to 1.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.

    Raises:
        ValueError: If the number of identities is not known.
    """

    def __init__(
        self,
        num_parts: int = 6,
        feature: str = 'parts',
        loss_weight: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(feature, **kwargs)
        self.require_identities()
        self.loss_weight = loss_weight
        self.bn = nn.BatchNorm1d(num_parts * self.in_channels)
        self.bn.bias.requires_grad_(False)
        self.weight = nn.Parameter(
            torch.empty(num_parts, self.in_channels, self.num_identities)
        )
        self.reset_parameters()

    def init_weights(self) -> None:
        """Draw all weights anew."""
        super().init_weights()
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights from N(0, 0.001)."""
        nn.init.normal_(self.weight, std=0.001)

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the mean cross entropy over all parts.

        Args:
            features (dict[str, Tensor]): Features, ``(B, n, d)`` the one
                that is classified.
            batch (Batch): The labels of the batch.

        Returns:
            dict[str, Tensor]: ``loss_ce``.

        Raises:
            ValueError: If there are not as many parts as classifiers.
        """
        parts = features[self.feature]
        if parts.shape[1] != len(self.weight):
            raise ValueError(
                f'num_parts is {len(self.weight)}, but the neck gives '
                f'{parts.shape[1]} parts.'
            )
        scaled = self.bn(parts.flatten(1)).view_as(parts)
        logits = (scaled.transpose(0, 1) @ self.weight).flatten(0, 1)
        labels = batch.labels.repeat(len(self.weight))
        loss = F.cross_entropy(logits, labels)
        return dict(loss_ce=self.loss_weight * loss)
