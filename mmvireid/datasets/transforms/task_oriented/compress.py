"""The traces of JPEG compression."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections.abc import Sequence

import cv2
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .random_image_transform import RandomImageTransform, check_range


@TRANSFORMS.register_module()
class Compress(RandomImageTransform):
    """Compresses the image by JPEG and reads it again.

    See :class:`.RandomImageTransform`.

    Args:
        quality (Sequence[int]): Lowest and highest JPEG quality, of 1..100.
            Defaults to ``(40, 80)``.
        prob (float): Probability. Defaults to 0.2, the paper's.
    """

    def __init__(self, quality: Sequence = (40, 80), prob: float = 0.2):
        super().__init__(prob)
        self.quality = check_range('quality', quality, 1, 100)

    @cache_randomness
    def random_quality(self) -> int:
        """Draw the quality."""
        return int(np.random.randint(self.quality[0], self.quality[1] + 1))

    def change(self, img: np.ndarray) -> np.ndarray:
        """Compress ``(H, W, 3)`` and decode it."""
        options = [cv2.IMWRITE_JPEG_QUALITY, self.random_quality()]
        _, data = cv2.imencode('.jpg', img, options)
        return cv2.imdecode(data, cv2.IMREAD_COLOR)
