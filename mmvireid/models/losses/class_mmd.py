"""CM-NAS's class-specific maximum mean discrepancy."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS


@MODELS.register_module()
class ClassMMD(nn.Module):
    """Draws the two modalities of each identity together.

    Fu et al. (ICCV 2021): the squared maximum mean discrepancy between the
    visible and the infrared features of an identity, at unit length, under
    the kernel ``k(a, b) = (a . b)^2``. The released code weights it 0.05 and
    applies it to the features after the BNNeck.
    """

    def forward(
        self, features: Tensor, labels: Tensor, num_visible: int
    ) -> Tensor:
        """Compute the mean over the identities that have both modalities.

        Args:
            features (Tensor): ``(B, C)``, visible first.
            labels (Tensor): ``(B,)`` identity labels in any order.
            num_visible (int): How many rows are visible.

        Returns:
            Tensor: A scalar, 0 if no identity has both modalities.
        """
        with without_autocast(features):
            features = F.normalize(at_least_float32(features), dim=1)
            kernel = (features @ features.T).square()
            member = labels.unique()[:, None] == labels
            signed = member.to(features.dtype)
            counts = [
                part.sum(dim=1, keepdim=True)
                for part in signed.tensor_split((num_visible,), dim=1)
            ]
            # The weights 1/n of the visible and -1/m of the infrared images
            # of an identity: their quadratic form is the discrepancy.
            for part, count, sign in zip(
                signed.tensor_split((num_visible,), dim=1),
                counts,
                (1, -1),
                strict=True,
            ):
                part.mul_(sign / count.clamp(min=1))
            values = (signed @ kernel * signed).sum(dim=1)
            in_both = ((counts[0] > 0) & (counts[1] > 0)).squeeze(1)
            return (values * in_both).sum() / in_both.sum().clamp(min=1)
