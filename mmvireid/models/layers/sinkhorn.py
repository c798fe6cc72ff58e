"""Soft permutations by the Sinkhorn operator."""

import torch
from torch import Tensor

from mmvireid.models.precision import at_least_float32, without_autocast


def sinkhorn(logits: Tensor, iterations: int = 20) -> Tensor:
    """Normalise rows and columns in turn, in the logarithmic domain.

    Mena et al., "Learning Latent Permutations with Gumbel-Sinkhorn Networks"
    (ICLR 2018), Sec. 2.1; rows first, so that columns sum to exactly one and
    rows approximately. Computed in float32 at least, outside autocast.

    Args:
        logits (Tensor): ``(..., n, n)``, of any finite size.
        iterations (int): How often both are normalised. Defaults to 20.

    Returns:
        Tensor: ``(..., n, n)``, the logarithm of a doubly stochastic matrix.
    """
    with without_autocast(logits):
        logits = at_least_float32(logits)
        for _ in range(iterations):
            logits = logits.log_softmax(dim=-1)
            logits = logits.log_softmax(dim=-2)
    return logits


def gumbel_noise(like: Tensor) -> Tensor:
    """Draw from the standard Gumbel distribution.

    Args:
        like (Tensor): Gives shape, dtype and device.

    Returns:
        Tensor: Noise of the same shape.
    """
    # The logarithm of an exponential variable, which is never zero.
    tiny = torch.finfo(like.dtype).tiny
    return -torch.empty_like(like).exponential_().clamp_(min=tiny).log_()
