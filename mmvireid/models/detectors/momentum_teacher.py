"""A slow copy of a person detector."""

import torch
from mmengine.model import BaseModule, ExponentialMovingAverage
from torch import Tensor, nn

from mmvireid.models.roi_heads import embed_rois


class MomentumTeacher(BaseModule):
    """Embeds boxes by a running mean of the student's weights.

    MoCo (He et al., CVPR 2020). It is never trained, and stays in training
    mode with the student, whose running statistics it takes over.

    Args:
        student (nn.ModuleDict): The student's ``backbone``, ``neck`` and
            ``reid``, its embedding of boxes.
        momentum (float): The share of the old weights in an update, such as
            0.9999.

    Raises:
        ValueError: If the momentum is not above 0.5 and below 1.
    """

    def __init__(self, student: nn.ModuleDict, momentum: float) -> None:
        super().__init__()
        if not 0.5 < momentum < 1:
            raise ValueError(
                'teacher_momentum is the share of the old weights, above 0.5 '
                f'and below 1, but it is {momentum}.'
            )
        self.average = ExponentialMovingAverage(student, 1 - momentum)

    def copy_from(self, student: nn.ModuleDict) -> None:
        """Start from the student's weights."""
        self.average.module.load_state_dict(student.state_dict())

    def update(self, student: nn.ModuleDict) -> None:
        """Take up the student's weights."""
        self.average.update_parameters(student)

    @torch.no_grad()
    def embed(
        self,
        inputs: Tensor,
        num_visible: int,
        boxes: Tensor,
        images: Tensor,
        num_found: int,
    ) -> Tensor:
        """Embed boxes for re-identification.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``, visible first.
            num_visible (int): How many are visible.
            boxes (Tensor): ``(R, 4)`` corners in pixels of the input.
            images (Tensor): ``(R,)`` the scene of each.
            num_found (int): How many of them, the first, are detections:
                these are normalised by themselves, as the student's are.

        Returns:
            Tensor: ``(R, D)``, of any norm.
        """
        parts = self.average.module
        maps = parts['neck'](parts['backbone'](inputs, num_visible))
        sizes = (num_found, len(boxes) - num_found)
        pieces = zip(boxes.split(sizes), images.split(sizes), strict=True)
        return torch.cat(
            [embed_rois(parts['reid'], maps[0], *piece) for piece in pieces]
        )
