"""Agreement of two views of the same images."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

FORMS = ('divergence', 'feature')


@MODELS.register_module()
class IdentityConsistencyLoss(nn.Module):
    """Pulls together what two views of an image give.

    TOPLight (Yu et al., CVPR 2023) names the loss; its formula is not at
    hand, so both forms are reconstructions.

    Args:
        form (str): ``'divergence'``, half the sum of both Kullback-Leibler
            divergences between the posteriors of the classifier; or
            ``'feature'``, the mean squared difference of the unit-norm
            features. Defaults to ``'divergence'``.
        temperature (float): Divides the scores before the softmax. Defaults
            to 1.

    Raises:
        ValueError: If the form is unknown or the temperature not positive.
    """

    def __init__(
        self, form: str = 'divergence', temperature: float = 1.0
    ) -> None:
        super().__init__()
        if form not in FORMS:
            raise ValueError(f"form must be one of {FORMS}, not '{form}'.")
        if temperature <= 0:
            raise ValueError(
                f'temperature must be positive, but it is {temperature}.'
            )
        self.form = form
        self.temperature = temperature

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Compute the mean over the images.

        Args:
            first (Tensor): ``(B, C)`` scores of the classes of the first
                views, or features for ``form='feature'``.
            second (Tensor): ``(B, C)`` those of the second views.

        Returns:
            Tensor: A scalar, 0 if both are equal.
        """
        with without_autocast(first):
            first, second = at_least_float32(first), at_least_float32(second)
            if self.form == 'feature':
                offset = F.normalize(first, dim=1) - F.normalize(second, dim=1)
                return offset.square().sum(dim=1).mean()
            p, q = (
                (scores / self.temperature).log_softmax(dim=1)
                for scores in (first, second)
            )
            # KL(p|q) + KL(q|p), term by term.
            divergence = ((p.exp() - q.exp()) * (p - q)).sum(dim=1)
            return divergence.mean() / 2
