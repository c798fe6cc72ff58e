"""Logits by the mean and deviation of a chi distribution."""

from math import exp, lgamma, log

from torch import Tensor

from mmvireid.registry import MODELS

from .norm_logits import NormLogits


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
