"""The hetero-centre loss."""

from torch import Tensor, nn

from mmvireid.registry import MODELS

from .modality_centers import modality_centers


@MODELS.register_module()
class HeteroCenter(nn.Module):
    """Pulls an identity's visible and infrared centres together.

    Zhu et al., "Hetero-Center Loss for Cross-Modality Person
    Re-identification" (Neurocomputing 2020), Eq. 4; the paper weights it
    0.5.

    Args:
        average (bool): Whether to take the mean over the identities instead
            of their sum. Defaults to False, as the paper.
    """

    def __init__(self, average: bool = False) -> None:
        super().__init__()
        self.average = average

    def forward(
        self, features: Tensor, labels: Tensor, num_visible: int
    ) -> Tensor:
        """Sum or average the squared distances between the centres.

        Args:
            features (Tensor): ``(B, C)``, visible first.
            labels (Tensor): ``(B,)`` identity labels.
            num_visible (int): How many rows are visible.

        Returns:
            Tensor: A scalar, 0 if no identity has both modalities.
        """
        visible, infrared = modality_centers(features, labels, num_visible)
        distances = (visible - infrared).square().sum(dim=1)
        if self.average:
            return distances.sum() / max(1, len(distances))
        return distances.sum()
