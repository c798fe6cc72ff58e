"""Colours changed by exchanging the channels."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import cv2
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .random_image_transform import RandomImageTransform


@TRANSFORMS.register_module()
class ChannelShuffle(RandomImageTransform):
    """Rearranges the channels at random, all six orders alike.

    See :class:`.RandomImageTransform`.

    Args:
        prob (float): Probability. Defaults to 1.
    """

    def __init__(self, prob: float = 1.0) -> None:
        super().__init__(prob)

    @cache_randomness
    def random_order(self) -> np.ndarray:
        """Draw an order of the channels."""
        return np.random.permutation(3)

    def change(self, img: np.ndarray) -> np.ndarray:
        """Rearrange the channels of ``(H, W, 3)``."""
        # Half of the time that an index takes, and contiguous.
        return cv2.transform(img, np.eye(3)[self.random_order()])
