"""A discriminator that the features learn to deceive."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead


@MODELS.register_module()
class FakeDomainHead(BaseHead):
    """Tells the two modalities apart, behind a gradient reversal.

    TOPLight (Yu et al., CVPR 2023), supplement, Sec. 5: the discriminator
    learns to tell the fake visible from the fake infrared views, and the
    network, which gets its gradient reversed, to give features that do not
    tell. The discriminator's form, two linear layers with a ReLU between, is
    a reconstruction.

    Args:
        feature (str): Which feature to look at. Defaults to ``'global'``.
        reversal (dict): Config of the layer before the discriminator.
            Defaults to :class:`GradientReversal`, whose ``strength`` may be
            scheduled as ``heads.<name>.reversal.strength``.
        hidden_channels (int, optional): The width between the layers, a
            reconstruction. Defaults to half of the feature's.
        loss_weight (float): The weight of the loss. Defaults to 1.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.
    """

    def __init__(
        self,
        feature: str = 'global',
        reversal: dict | None = None,
        hidden_channels: int | None = None,
        loss_weight: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(feature, **kwargs)
        self.reversal = MODELS.build(reversal or dict(type='GradientReversal'))
        self.loss_weight = loss_weight
        hidden = hidden_channels or max(1, self.in_channels // 2)
        self.discriminator = nn.Sequential(
            nn.Linear(self.in_channels, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2),
        )

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the discriminator's cross entropy.

        Args:
            features (dict[str, Tensor]): Features, ``(B, C)`` the one that
                the discriminator looks at.
            batch (Batch): The batch.

        Returns:
            dict[str, Tensor]: ``loss_domain`` and ``accuracy`` (percent; 50
            is guessing).
        """
        feature = features[self.feature]
        domain = torch.zeros(
            len(feature), dtype=torch.long, device=feature.device
        )
        domain[batch.num_visible :] = 1
        logits = self.discriminator(self.reversal(feature))
        correct = logits.detach().argmax(dim=1) == domain
        return dict(
            loss_domain=self.loss_weight * F.cross_entropy(logits, domain),
            accuracy=100 * correct.float().mean(),
        )
