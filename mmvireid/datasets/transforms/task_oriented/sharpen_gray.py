"""Gray and sharp, as an infrared photograph."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections.abc import Sequence

import cv2
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .random_image_transform import RandomImageTransform, check_range

#: Eight times the pixel less its neighbours.
LAPLACIAN = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], np.float32)


@TRANSFORMS.register_module()
class SharpenGray(RandomImageTransform):
    """Makes the image gray, in three equal channels, and sharpens it.

    Sharpening adds a share of the difference between a pixel and its eight
    neighbours. See :class:`.RandomImageTransform`.

    Args:
        strength (Sequence[float]): Smallest and largest share. Defaults to
            ``(0.2, 0.5)``.
        prob (float): Probability. Defaults to 1, the paper's.
    """

    def __init__(self, strength: Sequence = (0.2, 0.5), prob: float = 1.0):
        super().__init__(prob)
        self.strength = check_range('strength', strength, 0, 10)

    @cache_randomness
    def random_strength(self) -> float:
        """Draw the share."""
        return float(np.random.uniform(*self.strength))

    def change(self, img: np.ndarray) -> np.ndarray:
        """Turn ``(H, W, 3)`` gray and sharp."""
        gray = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY)
        kernel = self.random_strength() * LAPLACIAN
        kernel[1, 1] += 1
        return cv2.cvtColor(cv2.filter2D(gray, -1, kernel), cv2.COLOR_GRAY2BGR)
