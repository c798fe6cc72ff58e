"""Colours changed by a shift of each channel."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import cv2
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .random_image_transform import RandomImageTransform


@TRANSFORMS.register_module()
class RGBShift(RandomImageTransform):
    """Adds a number to each channel, drawn for each alone.

    See :class:`.RandomImageTransform`.

    Args:
        limit (float): The largest shift either way, in units of 0..255.
            Defaults to 20.
        prob (float): Probability. Defaults to 1.

    Raises:
        ValueError: If the limit is not in [0, 255].
    """

    def __init__(self, limit: float = 20.0, prob: float = 1.0) -> None:
        super().__init__(prob)
        if not 0 <= limit <= 255:
            raise ValueError(f'limit must be in [0, 255], but it is {limit}.')
        self.limit = limit

    @cache_randomness
    def random_shift(self) -> list[float]:
        """Draw the shifts of blue, green and red."""
        return np.random.uniform(-self.limit, self.limit, 3).tolist()

    def change(self, img: np.ndarray) -> np.ndarray:
        """Shift the channels of ``(H, W, 3)``; values stay in 0..255."""
        return cv2.add(img, (*self.random_shift(), 0.0))
