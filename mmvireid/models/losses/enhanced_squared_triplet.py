"""CAJ's squared form of the weighted triplet."""

import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32
from mmvireid.registry import MODELS

from .weighted_distances import weighted_distances

FORMS = ('smooth', 'official')
#: Where the released code clamps the square: exp overflows above it.
OFFICIAL_CLAMP = 88.0


@MODELS.register_module()
class EnhancedSquaredTriplet(nn.Module):
    """The squared gap between weighted distances, signed by its violation.

    Ye et al., "Channel Augmented Joint Learning for Visible-Infrared
    Recognition" (ICCV 2021), Sec. 3.4. With the weighted distances d+ and d-
    of AGW and ``s = gamma * (d+ - d-)^2`` an anchor costs ``softplus(s)``
    where d+ > d- and ``softplus(-s)`` elsewhere.

    Args:
        gamma (float): Scales the square. Defaults to 1.
        form (str): ``'official'`` clamps ``s`` at 88 as the released code
            does, where the gradient is zero, so that anchors which violate
            most stop learning. ``'smooth'``, ours, continues ``s`` by its
            tangent above ``knee``: the gradient stays bounded and does not
            vanish. Defaults to ``'smooth'``.
        knee (float): Where the smooth form leaves the square. Defaults to
            30.
        squared (bool): Whether the gap is squared. Without it the loss is
            the weighted regularised triplet with the gap times ``gamma``,
            from which training starts more safely, for ``d+ = d-`` is a
            stationary point of the square; ``ScheduledAttributeHook`` may
            switch it during training. Defaults to True.

    Raises:
        ValueError: If the form is unknown.
    """

    def __init__(
        self,
        gamma: float = 1.0,
        form: str = 'smooth',
        knee: float = 30.0,
        squared: bool = True,
    ) -> None:
        super().__init__()
        if form not in FORMS:
            raise ValueError(f"form must be one of {FORMS}, not '{form}'.")
        self.gamma = gamma
        self.form = form
        self.knee = knee
        self.squared = squared

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
        stable = self.form == 'smooth'
        positive, negative = weighted_distances(features, labels, stable)
        if not len(positive):
            return 0 * at_least_float32(features).sum()
        gap = positive - negative
        if not self.squared:
            return F.softplus(self.gamma * gap).mean()
        return F.softplus(gap.sign() * self._square(gap)).mean()

    def _square(self, gap: Tensor) -> Tensor:
        square = self.gamma * gap.square()
        if self.form == 'official':
            return square.clamp(max=OFFICIAL_CLAMP)
        corner = (self.knee / self.gamma) ** 0.5
        tangent = self.knee + 2 * self.gamma * corner * (gap.abs() - corner)
        return square.where(square <= self.knee, tangent)
