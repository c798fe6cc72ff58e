"""From the norm of an offset embedding to a class logit."""

from abc import ABCMeta, abstractmethod

import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmvireid.models.precision import at_least_float32, without_autocast


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
