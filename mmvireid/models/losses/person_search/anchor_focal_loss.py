"""The focal loss of anchors."""

from torch import Tensor, nn
from torchvision.ops import sigmoid_focal_loss

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS


@MODELS.register_module()
class AnchorFocalLoss(nn.Module):
    """Sigmoid focal loss, summed and divided by the number of foregrounds.

    Lin et al., "Focal Loss for Dense Object Detection" (ICCV 2017), Eq. 5.
    torchvision's, for mmdet's needs a compiled op on a GPU.

    Args:
        alpha (float): The weight of foreground; background has one minus
            this. Defaults to 0.5.
        gamma (float): How much sure anchors are weighted down, at least 1.
            Defaults to 1.
    """

    def __init__(self, alpha: float = 0.5, gamma: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma

    def forward(self, logits: Tensor, grades: Tensor) -> Tensor:
        """Compute the loss of all anchors that are not ignored.

        Args:
            logits (Tensor): Of any shape.
            grades (Tensor): Of the same shape: above 0 foreground, 0
                background, below 0 ignored.

        Returns:
            Tensor: A scalar in float32 (or float64).
        """
        with without_autocast(logits):
            counted = grades >= 0
            logits = at_least_float32(logits)[counted]
            targets = (grades[counted] > 0).to(logits.dtype)
            total = sigmoid_focal_loss(
                logits, targets, self.alpha, self.gamma, reduction='sum'
            )
            return total / targets.sum().clamp(min=1)
