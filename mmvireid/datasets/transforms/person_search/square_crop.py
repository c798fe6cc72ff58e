"""What crops of scenes have in common."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from abc import abstractmethod

import mmcv
import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from .instances import keep_instances, visible_share


class SquareCrop(BaseTransform):
    """Base of crops that cut a region and scale it to a square.

    A subclass chooses the region. Boxes of whose area too little is left are
    dropped with all that belongs to them; the others are clipped. The
    region's aspect ratio is not kept.

    **Modified Keys:**

    - img
    - img_shape
    - gt_bboxes, gt_bboxes_labels, gt_ignore_flags, gt_person_ids,
      gt_is_known

    Args:
        crop_size (int): Side of the square, pixels.
        min_visibility (float): A box stays if more than this share of its
            area is in the region, in [0, 1). Defaults to 0.4.
    """

    def __init__(self, crop_size: int, min_visibility: float = 0.4) -> None:
        if crop_size < 1:
            raise ValueError(
                f'crop_size must be positive, but is {crop_size}.'
            )
        if not 0 <= min_visibility < 1:
            raise ValueError(
                f'min_visibility must be in [0, 1), but is {min_visibility}.'
            )
        self.crop_size = crop_size
        self.min_visibility = min_visibility

    @cache_randomness
    def random_numbers(self) -> np.ndarray:
        """Draw what the region depends on: four numbers in [0, 1)."""
        return np.random.uniform(size=4)

    @abstractmethod
    def choose_region(
        self,
        size: tuple[int, int],
        boxes: np.ndarray,
        is_known: np.ndarray,
        draw: np.ndarray,
    ) -> tuple[int, int, int, int]:
        """Choose the region to cut.

        Args:
            size (tuple[int, int]): Height and width of the image.
            boxes (np.ndarray): ``(N, 4)`` x1, y1, x2, y2, pixels.
            is_known (np.ndarray): ``(N,)`` whether the person is known.
            draw (np.ndarray): ``(4,)`` random numbers, uniform in [0, 1).

        Returns:
            tuple[int, int, int, int]: Left, top, right and bottom, pixels.
        """

    def transform(self, results: dict) -> dict:
        """Crop one scene.

        Args:
            results (dict): The results of the transforms before.

        Returns:
            dict: The same, cropped.
        """
        height, width = results['img'].shape[:2]
        boxes = results['gt_bboxes']
        region = self.choose_region(
            (height, width),
            boxes.tensor.numpy(),
            results['gt_is_known'],
            self.random_numbers(),
        )
        left, top = (max(0, side) for side in region[:2])
        right, bottom = min(width, region[2]), min(height, region[3])
        size = (bottom - top, right - left)
        boxes.translate_((-left, -top))
        kept = visible_share(boxes.tensor, size) > self.min_visibility
        boxes.clip_(size)
        keep_instances(results, kept)
        square = (self.crop_size, self.crop_size)
        results['gt_bboxes'].rescale_(
            (square[0] / size[1], square[1] / size[0])
        )
        part = results['img'][top:bottom, left:right]
        if size != square:
            part = mmcv.imresize(part, square)
        results['img'], results['img_shape'] = part, square
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(crop_size={self.crop_size}, '
            f'min_visibility={self.min_visibility})'
        )
