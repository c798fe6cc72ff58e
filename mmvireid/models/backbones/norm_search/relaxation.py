"""From architecture weights to the shares of two candidates."""

import torch
from torch import Tensor

FORMS = ('softmax', 'gumbel', 'gumbel_hard')


class NormRelaxation:
    """Relaxes the choice between separate and shared to two shares.

    Fu et al. (ICCV 2021) relax it by a softmax. Their search code was not
    released; the forms with Gumbel noise are reconstructions.

    Args:
        form (str): ``'softmax'``; ``'gumbel'``, the softmax of noisy
            weights (Jang et al., ICLR 2017); or ``'gumbel_hard'``, one of
            the two candidates with the gradient of the former.
        temperature (float): Divides the weights before the softmax.

    Raises:
        ValueError: If the form is unknown or the temperature not positive.
    """

    def __init__(
        self, form: str = 'softmax', temperature: float | Tensor = 1.0
    ) -> None:
        if form not in FORMS:
            raise ValueError(
                f'The relaxation must be one of {FORMS}, but is "{form}".'
            )
        if temperature <= 0:
            raise ValueError(
                f'temperature must be positive, but is {temperature}.'
            )
        self.form = form
        self.temperature = temperature

    @property
    def draws(self) -> bool:
        """bool: Whether the form takes noise."""
        return self.form != 'softmax'

    def __call__(self, weights: Tensor, noise: Tensor | None) -> Tensor:
        """Compute the shares.

        Args:
            weights (Tensor): ``(..., 2)``, of separate and shared.
            noise (Tensor, optional): ``(..., 2)`` Gumbel noise; without it
                the shares are the softmax of the weights.

        Returns:
            Tensor: ``(..., 2)``, which sum to 1.
        """
        if noise is None:
            return (weights / self.temperature).softmax(dim=-1)
        soft = ((weights + noise) / self.temperature).softmax(dim=-1)
        if self.form != 'gumbel_hard':
            return soft
        hard = torch.zeros_like(soft)
        hard.scatter_(-1, soft.argmax(dim=-1, keepdim=True), 1.0)
        return hard + (soft - soft.detach())
