"""AGW's weighted regularised triplet."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32
from mmvireid.registry import MODELS

from .weighted_distances import weighted_distances


@MODELS.register_module()
class WeightedRegularizedTriplet(nn.Module):
    """A triplet loss without margin over all pairs of the batch.

    Ye et al., "Deep Learning for Person Re-identification: A Survey and
    Outlook" (TPAMI 2021), Eq. 8 to 10.

    Args:
        stable (bool): Whether the weights are a true softmax. Defaults to
            True; False gives the numbers of the released code, see
            :func:`.weighted_distances.weighted_distances`.
    """

    def __init__(self, stable: bool = True) -> None:
        super().__init__()
        self.stable = stable

    def forward(
        self, features: Tensor, labels: Tensor, num_visible: int
    ) -> Tensor:
        """Compute the mean over all anchors that have a negative.

        Args:
            features (Tensor): ``(B, C)``.
            labels (Tensor): ``(B,)`` identity labels.
            num_visible (int): Not looked at: modalities are not told apart.

        Returns:
            Tensor: A scalar, 0 if the batch holds a single identity.
        """
        positive, negative = weighted_distances(features, labels, self.stable)
        if not len(positive):
            return 0 * at_least_float32(features).sum()
        return F.softplus(positive - negative).mean()
