"""From the norm of an offset embedding to a class logit."""

from abc import ABCMeta, abstractmethod
from math import exp, lgamma, log

import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

from .safe_batch_norm import SafeBatchNorm1d


class NormLogits(BaseModule, metaclass=ABCMeta):
    """What all kinds of logits share: the norm and its sign.

    SPNet (WACV 2025), supplement, Sec. 9.2: the shorter the offset embedding
    between a query and an anchor, the surer is the match. All is computed in
    float32.

    Args:
        dim (int): The width of the embeddings.
        positive (bool): Whether long offsets are matches instead, the rows
            (+) of Table 9. Defaults to False.
    """

    def __init__(self, dim: int, positive: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.positive = positive

    @abstractmethod
    def standardise(self, norms: Tensor) -> Tensor:
        """Shift and scale norms of any shape."""

    def forward(self, norms: Tensor) -> Tensor:
        """Turn norms into logits.

        Args:
            norms (Tensor): Of any shape, not negative.

        Returns:
            Tensor: Logits of the same shape; a sigmoid makes them scores.
        """
        with without_autocast(norms):
            logits = self.standardise(at_least_float32(norms))
        return logits if self.positive else -logits


@MODELS.register_module()
class FixedNormLogits(NormLogits):
    """Standardises by the mean and deviation of a chi distribution.

    Eq. 3 and 4: for offsets drawn from the unit normal distribution in
    ``dim`` dimensions the logits have mean 0 and variance 1. Nothing is
    learned. The mean is taken from logarithms of the gamma function, which
    itself is beyond every float from 344 dimensions on.

    Args:
        dim (int): The width of the embeddings.
        positive (bool): Whether long offsets are matches instead. Defaults
            to False.

    Examples:
        >>> logits = FixedNormLogits(128)
        >>> round(logits.mean, 5), round(logits.deviation, 6)
        (11.29163, 0.706413)
    """

    def __init__(self, dim: int, positive: bool = False) -> None:
        super().__init__(dim, positive)
        log_ratio = lgamma((dim + 1) / 2) - lgamma(dim / 2)
        self.mean = exp(log(2) / 2 + log_ratio)
        self.deviation = (dim - self.mean**2) ** 0.5

    def standardise(self, norms: Tensor) -> Tensor:
        """Subtract the mean, divide by the deviation."""
        return (norms - self.mean) / self.deviation


@MODELS.register_module()
class BatchNormLogits(NormLogits):
    """Standardises by a batch norm with a learned scale and shift.

    Norm-Aware Embedding (Chen et al., CVPR 2020); SPNet, Table 9.

    Args:
        dim (int): The width of the embeddings.
        positive (bool): Whether long offsets are matches instead. Defaults
            to False.
    """

    def __init__(self, dim: int, positive: bool = False) -> None:
        super().__init__(dim, positive)
        self.norm = SafeBatchNorm1d(1)

    def standardise(self, norms: Tensor) -> Tensor:
        """Normalise all norms as one batch."""
        return self.norm(norms.reshape(-1, 1)).view_as(norms)


@MODELS.register_module()
class ScaleFreeLogits(NormLogits):
    """Takes the norm as it is."""

    def standardise(self, norms: Tensor) -> Tensor:
        """Return the norms."""
        return norms


def vector_norms(offsets: Tensor) -> Tensor:
    """Compute the Euclidean norms of the last dimension in float32.

    Args:
        offsets (Tensor): ``(..., d)``, of any floating dtype.

    Returns:
        Tensor: ``(...)`` in float32 (or float64). The gradient of a zero
        vector is zero.
    """
    dtype = torch.promote_types(offsets.dtype, torch.float32)
    with without_autocast(offsets):
        return torch.linalg.vector_norm(offsets, dim=-1, dtype=dtype)
