"""Detections of a batch in flat tensors."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.ops import batched_nms


@dataclass(frozen=True)
class Detections:
    """``M`` detections in several scenes.

    Attributes:
        images (Tensor): ``(M,)`` the scene of each.
        boxes (Tensor): ``(M, 4)`` corners in the pixels of the input.
        scores (Tensor): ``(M,)`` in 0..1.
        queries (Tensor, optional): ``(M,)`` the query that each answers, as
            a number within the batch; different for different scenes.
    """

    images: Tensor
    boxes: Tensor
    scores: Tensor
    queries: Tensor | None = None

    def suppress(self, iou_thr: float) -> 'Detections':
        """Keep the best of overlapping detections.

        Those of different scenes, or that answer different queries, do not
        suppress each other.

        Args:
            iou_thr (float): From which overlap on they show one person.

        Returns:
            Detections: Those kept, by descending score.
        """
        groups = self.images if self.queries is None else self.queries
        # In double precision: groups are told apart by shifting the boxes.
        keep = batched_nms(
            self.boxes.double(), self.scores.double(), groups, iou_thr
        )
        return self[keep]

    def __getitem__(self, index: Tensor) -> 'Detections':
        return Detections(
            images=self.images[index],
            boxes=self.boxes[index],
            scores=self.scores[index],
            queries=None if self.queries is None else self.queries[index],
        )

    def of_image(self, image: int) -> Tensor:
        """Return the numbers ``(M_n,)`` of one scene's detections."""
        return torch.nonzero(self.images == image).flatten()
