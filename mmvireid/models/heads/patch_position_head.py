"""The original position of each stripe."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead
from .shuffled_stripes import permutations_of


@MODELS.register_module()
class PatchPositionHead(BaseHead):
    """Classifies which original stripe each slot shows.

    The penalty of MMGL's Eq. 7: one linear classifier for all slots and both
    modalities keeps the projected stripes apart by position.

    Args:
        num_stripes (int): ``n``. Defaults to 6.
        feature (str): Which feature to look at, ``(B, n, d)``. Defaults to
            ``'parts'``, see :class:`PartNeck`. Whether they are normalised
            here the paper does not say, so this is a reconstruction:
            gradients through ``'unit_parts'`` are so small that next to
            nothing is learnt from random weights.
        loss_weight (float): The weight of the loss. Eq. 7 can be read both
            ways, so this is a reconstruction: 1, where lambda weights the
            contrast only, or lambda itself, the paper's 0.2, where it
            weights both. Defaults to 1.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.
    """

    def __init__(
        self,
        num_stripes: int = 6,
        feature: str = 'parts',
        loss_weight: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(feature, **kwargs)
        self.num_stripes = num_stripes
        self.loss_weight = loss_weight
        self.fc = nn.Linear(self.in_channels, num_stripes)

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the cross entropy over all stripes.

        Args:
            features (dict[str, Tensor]): Features of shuffled images.
            batch (Batch): With the ``permutations`` of the images.

        Returns:
            dict[str, Tensor]: ``loss_position`` and ``accuracy`` (percent).

        Raises:
            ValueError: If there are not as many parts as stripes.
        """
        parts = features[self.feature]
        if parts.shape[1] != self.num_stripes:
            raise ValueError(
                f'num_stripes is {self.num_stripes}, but the neck gives '
                f'{parts.shape[1]} parts.'
            )
        target = permutations_of(batch, self.num_stripes).flatten()
        logits = self.fc(parts).flatten(0, 1)
        correct = logits.detach().argmax(dim=1) == target
        return dict(
            loss_position=self.loss_weight * F.cross_entropy(logits, target),
            accuracy=100 * correct.float().mean(),
        )
