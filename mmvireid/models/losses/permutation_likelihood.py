"""Negative log-likelihood of a permutation."""

from torch import Tensor, nn

from mmvireid.registry import MODELS


@MODELS.register_module()
class PermutationLikelihood(nn.Module):
    """The mean of ``-log P[j, p_j]`` over the slots ``j``.

    An alternative to MMGL's Eq. 4 with stronger gradients; not in the paper.
    """

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
        index = permutations.expand(log_soft.shape[:-1]).unsqueeze(-1)
        return -log_soft.gather(-1, index).mean()
