"""A crop around all persons."""

import math

import numpy as np

from mmvireid.registry import TRANSFORMS

from .square_crop import SquareCrop


@TRANSFORMS.register_module()
class BBoxSafeCrop(SquareCrop):
    """Cuts a random rectangle that holds all boxes, but for their rims.

    Each of its four sides is uniform between the image's and that of the
    region that holds all boxes, once each box has lost a share of its width
    and height on every side. A scene with no box loses up to that share of
    its height and width (SPNet, WACV 2025, supplement, Sec. 8; released
    code).

    **Modified Keys:** as :class:`SquareCrop`.

    Args:
        crop_size (int): Side of the square that it is scaled to, pixels.
        erosion (float): The share, in [0, 0.5). Defaults to 0.1.
        min_visibility (float): See :class:`SquareCrop`. Defaults to 0.4.
    """

    def __init__(
        self,
        crop_size: int,
        erosion: float = 0.1,
        min_visibility: float = 0.4,
    ) -> None:
        super().__init__(crop_size, min_visibility)
        if not 0 <= erosion < 0.5:
            raise ValueError(f'erosion must be in [0, 0.5), but is {erosion}.')
        self.erosion = erosion

    def choose_region(
        self,
        size: tuple[int, int],
        boxes: np.ndarray,
        is_known: np.ndarray,
        draw: np.ndarray,
    ) -> tuple[int, int, int, int]:
        """Choose the rectangle, see :meth:`SquareCrop.choose_region`."""
        height, width = size
        if len(boxes) == 0:
            return self._smaller(height, width, draw)
        rim = self.erosion * (boxes[:, 2:] - boxes[:, :2])
        x1, y1 = (boxes[:, :2] + rim).min(axis=0)
        x2, y2 = (boxes[:, 2:] - rim).max(axis=0)
        left, top = max(0, x1) * draw[0], max(0, y1) * draw[1]
        right = x2 + max(0, width - x2) * draw[2]
        bottom = y2 + max(0, height - y2) * draw[3]
        left, top = math.floor(left), math.floor(top)
        # at least one pixel, and outwards, so that the boxes stay whole
        right = min(width, max(left + 1, math.ceil(right)))
        bottom = min(height, max(top + 1, math.ceil(bottom)))
        return left, top, right, bottom

    def _smaller(
        self, height: int, width: int, draw: np.ndarray
    ) -> tuple[int, int, int, int]:
        """Choose a rectangle of the image's aspect ratio."""
        share = 1 - self.erosion * draw[0]
        high, wide = max(1, int(height * share)), max(1, int(width * share))
        top = int((height - high) * draw[1])
        left = int((width - wide) * draw[2])
        return left, top, left + wide, top + high
