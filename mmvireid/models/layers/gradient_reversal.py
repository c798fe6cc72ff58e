"""The layer that turns gradients round."""

import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmvireid.registry import MODELS


class _Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, strength: Tensor) -> Tensor:
        ctx.save_for_backward(strength)
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple:
        (strength,) = ctx.saved_tensors
        return -strength * grad, None


@MODELS.register_module()
class GradientReversal(BaseModule):
    """Passes its input on, and the gradient back times ``-strength``.

    Ganin & Lempitsky, "Unsupervised Domain Adaptation by Backpropagation"
    (ICML 2015); TOPLight (Yu et al., CVPR 2023), supplement, Eq. 1.

    Args:
        strength (float): Lambda of the equation, at least 0; a
            ``ScheduledAttributeHook`` may change it as training goes on.
            Defaults to 1.

    Raises:
        ValueError: If the strength is negative.
    """

    def __init__(self, strength: float = 1.0) -> None:
        super().__init__()
        if strength < 0:
            raise ValueError(
                f'strength must be at least 0, but it is {strength}.'
            )
        # A compiled model would be compiled anew for every other number.
        self.register_buffer(
            '_strength',
            torch.tensor(strength, dtype=torch.float64),
            persistent=False,
        )

    @property
    def strength(self) -> float:
        """float: Lambda."""
        return self._strength.item()

    @strength.setter
    def strength(self, value: float) -> None:
        self._strength.fill_(value)

    def forward(self, x: Tensor) -> Tensor:
        """Return the input."""
        return _Reverse.apply(x, self._strength)
