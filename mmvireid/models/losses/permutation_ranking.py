"""How far the ranking is off once the stripes are put back."""

import torch
from torch import Tensor, nn

from mmvireid.registry import MODELS


@MODELS.register_module()
class PermutationRanking(nn.Module):
    """Squared error of the ranking vector that a soft permutation restores.

    MMGL, Eq. 4: with the ranking ``Y = (0, ..., n-1)`` of the stripes and
    its shuffled form ``p``, the mean of ``(Y - P^T p)^2``. As the entries of
    ``Y`` differ, only the true permutation reaches zero among all doubly
    stochastic ``P``.

    The mean over the entries is a reconstruction: the paper writes a norm.

    Args:
        unit_scale (bool): Whether rankings are divided by ``n - 1``, so that
            the loss does not grow with the number of stripes. Not in the
            paper. Defaults to False.
    """

    def __init__(self, unit_scale: bool = False) -> None:
        super().__init__()
        self.unit_scale = unit_scale

    def forward(self, log_soft: Tensor, permutations: Tensor) -> Tensor:
        """Compute the mean over all matrices.

        Args:
            log_soft (Tensor): ``(..., B, n, n)`` logarithms of soft
                permutation matrices; rows are slots, columns original
                stripes.
            permutations (Tensor): ``(B, n)``: the stripe that each slot
                shows.

        Returns:
            Tensor: A scalar.
        """
        size = log_soft.shape[-1]
        shuffled = permutations.to(log_soft.dtype)
        ranking = torch.arange(
            size, dtype=log_soft.dtype, device=log_soft.device
        )
        if self.unit_scale:
            shuffled = shuffled / (size - 1)
            ranking = ranking / (size - 1)
        # P^T p: stripe k's entry is the sum over slots j of P[j, k] p[j].
        restored = (log_soft.exp() * shuffled.unsqueeze(-1)).sum(dim=-2)
        return (ranking - restored).square().mean()
