"""A crop around one person."""

import math

import numpy as np

from mmvireid.registry import TRANSFORMS

from .square_crop import SquareCrop


@TRANSFORMS.register_module()
class FocusedCrop(SquareCrop):
    """Cuts a square at random that holds the whole box of one person.

    The person is a random known one, or, if there is none, a random one; a
    scene with no box is scaled as a whole. The square's side is
    ``crop_size``, or the box's longer side if that is more: only then is it
    scaled. It stays within the image where the box lets it; of an image that
    is smaller than the square, all there is along a side is scaled (SPNet,
    WACV 2025, supplement, Sec. 8; released code).

    **Modified Keys:** as :class:`SquareCrop`.

    Args:
        crop_size (int): Side of the square, pixels.
        min_visibility (float): See :class:`SquareCrop`. Defaults to 0.4.
    """

    def choose_region(
        self,
        size: tuple[int, int],
        boxes: np.ndarray,
        is_known: np.ndarray,
        draw: np.ndarray,
    ) -> tuple[int, int, int, int]:
        """Choose the square, see :meth:`SquareCrop.choose_region`."""
        height, width = size
        candidates = np.flatnonzero(is_known)
        if len(candidates) == 0:
            candidates = np.arange(len(boxes))
        if len(candidates) == 0:
            return 0, 0, width, height
        chosen = candidates[int(draw[0] * len(candidates))]
        x1, y1, x2, y2 = boxes[chosen].tolist()
        side = math.floor(max(self.crop_size, x2 - x1, y2 - y1))
        left = choose_start(x1, x2, side, width, draw[1])
        top = choose_start(y1, y2, side, height, draw[2])
        return left, top, left + side, top + side


def choose_start(
    start: float, stop: float, side: int, full: int, draw: float
) -> int:
    """Choose where a square begins along one axis.

    Args:
        start (float): Where the person begins, pixels.
        stop (float): Where the person ends.
        side (int): Side of the square.
        full (int): Side of the image.
        draw (float): A random number, uniform in [0, 1).

    Returns:
        int: Not before the image, and before or at the person.
    """
    low = max(0, math.floor(min(start, max(0, stop - side))))
    high = max(low, math.floor(min(full - side, start)))
    return low + int(draw * (high - low + 1))
