"""Which anchors learn which box."""

import torch
from mmdet.models.task_modules import MaxIoUAssigner
from mmdet.models.task_modules.assigners import AssignResult
from torch import Tensor

from mmvireid.registry import TASK_UTILS


@TASK_UTILS.register_module()
class LowQualityMatcher(MaxIoUAssigner):
    """mmdet's assigner with torchvision's rule for low-quality matches.

    An anchor that overlaps some box as much as no other anchor does is
    always foreground. mmdet then gives it to that box; torchvision and this
    class give it to the box that it overlaps most itself. No loop over boxes.

    Args:
        pos_iou_thr (float): From which overlap on an anchor is foreground.
            Defaults to 0.5.
        neg_iou_thr (float): Below which it is background; anchors between
            are ignored. Defaults to 0.4.
        min_pos_iou (float): The smallest overlap of a low-quality match.
            The default, 1e-6, leaves all but boxes that no anchor
            touches: torchvision would make every anchor foreground for them.
        match_low_quality (bool): Whether there are such matches. Defaults to
            True.
    """

    def __init__(
        self,
        pos_iou_thr: float = 0.5,
        neg_iou_thr: float = 0.4,
        min_pos_iou: float = 1e-6,
        match_low_quality: bool = True,
    ) -> None:
        super().__init__(
            pos_iou_thr,
            neg_iou_thr,
            min_pos_iou=min_pos_iou,
            match_low_quality=match_low_quality,
            # mmdet's default lacks the scope that it is found in.
            iou_calculator=dict(type='mmdet.BboxOverlaps2D'),
        )

    def assign_wrt_overlaps(
        self, overlaps: Tensor, gt_labels: Tensor
    ) -> AssignResult:
        """Assign every anchor to a box, to the background or to nothing.

        Args:
            overlaps (Tensor): ``(k, A)`` overlaps of boxes and anchors.
            gt_labels (Tensor): ``(k,)`` classes of the boxes.

        Returns:
            AssignResult: With ``gt_inds`` ``(A,)``: -1 ignored, 0
            background, otherwise the number of the box, from 1 on.
        """
        num_gts, num_anchors = overlaps.shape
        if num_gts == 0:
            background = overlaps.new_zeros(num_anchors, dtype=torch.long)
            return AssignResult(
                0, background, overlaps.new_zeros(num_anchors), background - 1
            )
        best, box = overlaps.max(dim=0)
        grades = self._grade(best, self._is_low_quality(overlaps).any(dim=0))
        gt_inds = torch.where(grades > 0, box + 1, grades)
        labels = torch.where(grades > 0, gt_labels[box], -1)
        return AssignResult(num_gts, gt_inds, best, labels)

    def match_rows(self, overlaps: Tensor) -> Tensor:
        """Match every row on its own: anchors against a single box.

        Args:
            overlaps (Tensor): ``(R, A)`` overlaps of each row's box with the
                anchors.

        Returns:
            Tensor: ``(R, A)``: 1 foreground, 0 background, -1 ignored.
        """
        return self._grade(overlaps, self._is_low_quality(overlaps))

    def _is_low_quality(self, overlaps: Tensor) -> Tensor:
        if not self.match_low_quality or not overlaps.shape[1]:
            return torch.zeros_like(overlaps, dtype=torch.bool)
        best = overlaps.amax(dim=1, keepdim=True)
        return (overlaps == best) & (best >= self.min_pos_iou)

    def _grade(self, best: Tensor, low_quality: Tensor) -> Tensor:
        foreground = (best >= self.pos_iou_thr) | low_quality
        ignored = ~foreground & (best >= self.neg_iou_thr)
        return foreground.long() - ignored.long()
