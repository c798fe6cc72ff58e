"""A lens out of focus."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .random_image_transform import RandomImageTransform, check_range

#: From this radius on (in pixels), half of the resolution will do.
COARSE = 4.0
#: By how much halving and doubling the resolution spreads a point already: the
#: square of the radius that is left is smaller by this.
SPREAD = 3.6
#: Points an edge of a pixel is divided into, to weigh pixels cut by the disc.
SAMPLES = 8


@TRANSFORMS.register_module()
class Defocus(RandomImageTransform):
    """Spreads every point over a disc, as a lens out of focus does.

    See :class:`.RandomImageTransform`.

    Args:
        radius (Sequence[float]): Smallest and largest radius of the disc in
            pixels of an image 224 pixels high; in proportion for others.
            Defaults to ``(3, 7)``.
        prob (float): Probability. Defaults to 0.2, the paper's.
    """

    REFERENCE_HEIGHT = 224

    def __init__(self, radius: Sequence = (3, 7), prob: float = 0.2) -> None:
        super().__init__(prob)
        self.radius = check_range('radius', radius, 0, self.REFERENCE_HEIGHT)

    @cache_randomness
    def random_radius(self) -> float:
        """Draw the radius at the reference height."""
        return float(np.random.uniform(*self.radius))

    def change(self, img: np.ndarray) -> np.ndarray:
        """Blur ``(H, W, 3)``."""
        radius = self.random_radius() * len(img) / self.REFERENCE_HEIGHT
        if radius < COARSE:
            return _spread(img, radius)
        # Up to fifty times as fast; values differ by half a level of 255.
        height, width = img.shape[:2]
        half = (max(width // 2, 1), max(height // 2, 1))
        small = cv2.resize(img, half, interpolation=cv2.INTER_AREA)
        small = _spread(small, (radius**2 - SPREAD) ** 0.5 / 2)
        return cv2.resize(small, (width, height))


def _spread(img: np.ndarray, radius: float) -> np.ndarray:
    # To an eighth of a pixel: few kernels, each computed once.
    return cv2.filter2D(img, -1, disc(round(8 * radius) / 8))


@lru_cache(maxsize=256)
def disc(radius: float) -> np.ndarray:
    """Make the kernel of a uniform disc.

    Args:
        radius (float): In pixels. Below half a pixel the kernel is a point.

    Returns:
        np.ndarray: ``(2 r + 1, 2 r + 1)`` with ``r`` the radius rounded up;
        its sum is 1.
    """
    reach = int(np.ceil(radius))
    size = 2 * reach + 1
    fine = (np.arange(size * SAMPLES) + 0.5) / SAMPLES - size / 2
    inside = (fine[:, None] ** 2 + fine**2) <= max(radius, 0.5) ** 2
    shape = (size, SAMPLES, size, SAMPLES)
    kernel = inside.reshape(shape).mean((1, 3))
    return (kernel / kernel.sum()).astype(np.float32)
