"""A crop around one person."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import math

import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .square_crop import SquareCrop


@TRANSFORMS.register_module()
class FocusedCrop(SquareCrop):
    """Cuts a square at random that holds the whole box of one person.

    The person is a random known one, or, if there is none, a random one; a
    scene with no box is scaled as a whole. The square's side is
    ``crop_size``, or the box's longer side if that is more: only then is it
    scaled. It stays within the image where the box and the image let it
    (SPNet, WACV 2025, supplement, Sec. 8; released code).

    **Modified Keys:** as :class:`SquareCrop`.

    Args:
        crop_size (int): Side of the square, pixels.
        min_visibility (float): See :class:`SquareCrop`. Defaults to 0.4.
    """

    @cache_randomness
    def choose_region(
        self, size: tuple[int, int], boxes: np.ndarray, is_known: np.ndarray
    ) -> tuple[int, int, int, int]:
        """Choose the square, see :meth:`SquareCrop.choose_region`."""
        height, width = size
        candidates = np.flatnonzero(is_known)
        if len(candidates) == 0:
            candidates = np.arange(len(boxes))
        if len(candidates) == 0:
            return 0, 0, width, height
        x1, y1, x2, y2 = boxes[np.random.choice(candidates)].tolist()
        side = math.floor(max(self.crop_size, x2 - x1, y2 - y1))
        left = self._random_start(x1, x2, side, width)
        top = self._random_start(y1, y2, side, height)
        return left, top, left + side, top + side

    @staticmethod
    def _random_start(start: float, stop: float, side: int, full: int) -> int:
        """Draw where the square begins along one axis."""
        low = min(math.floor(start), math.floor(max(0, stop - side)))
        low = max(0, low)
        high = max(low, math.floor(min(full - side, start)))
        return int(np.random.randint(low, high + 1))
