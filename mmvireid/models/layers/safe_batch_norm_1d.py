"""A batch norm for batches of any size."""

from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS


@MODELS.register_module()
class SafeBatchNorm1d(nn.BatchNorm1d):
    """Batch norm that takes the running statistics for one row or none.

    A training batch may hold a single box, or no box at all: a single row
    has no deviation. Computed in float32.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise ``(B, C)``, ``B`` of any size, to float32 (or float64).

        Args:
            x (Tensor): The rows.

        Returns:
            Tensor: Of the same shape.
        """
        with without_autocast(x):
            x = at_least_float32(x)
            if not self.training or len(x) > 1:
                return super().forward(x)
            return nn.functional.batch_norm(
                x,
                self.running_mean,
                self.running_var,
                self.weight,
                self.bias,
                training=False,
                eps=self.eps,
            )
