"""Dropping boxes with all that is known of them."""

import numpy as np
import torch

#: every field with one entry for each box
INSTANCE_KEYS = (
    'gt_bboxes',
    'gt_bboxes_labels',
    'gt_ignore_flags',
    'gt_person_ids',
    'gt_is_known',
)


def keep_instances(results: dict, kept: np.ndarray) -> None:
    """Keep some boxes of a scene, in place.

    Args:
        results (dict): The results of a pipeline; the fields of
            :data:`INSTANCE_KEYS` that it has are filtered.
        kept (np.ndarray): ``(N,)`` bool.
    """
    for key in INSTANCE_KEYS:
        if key in results:
            mask = torch.from_numpy(kept) if key == 'gt_bboxes' else kept
            results[key] = results[key][mask]


def visible_share(boxes: torch.Tensor, size: tuple[int, int]) -> np.ndarray:
    """Return how much of each box is within the image.

    Args:
        boxes (Tensor): ``(N, 4)`` x1, y1, x2, y2 in pixels.
        size (tuple[int, int]): Height and width of the image.

    Returns:
        np.ndarray: ``(N,)`` shares of the area, in [0, 1]; 0 for boxes
        without extent.
    """
    height, width = size
    limit = boxes.new_tensor([width, height])
    extent = boxes[:, 2:] - boxes[:, :2]
    inside = boxes[:, 2:].clamp(min=0).minimum(limit)
    inside = inside - boxes[:, :2].clamp(min=0).minimum(limit)
    share = inside.prod(dim=1) / extent.prod(dim=1).clamp(min=1e-6)
    return share.where((extent > 0).all(dim=1), 0).numpy()
