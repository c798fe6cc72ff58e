"""Logits by a batch norm."""

from torch import Tensor

from mmvireid.registry import MODELS

from .norm_logits import NormLogits
from .safe_batch_norm_1d import SafeBatchNorm1d


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
