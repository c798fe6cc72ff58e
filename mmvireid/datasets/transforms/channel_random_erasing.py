"""Random erasing as CAJ's released code does it."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections.abc import Sequence

import numpy as np
from mmcv.transforms.utils import cache_randomness
from mmpretrain.datasets.transforms import RandomErasing

from mmvireid.registry import TRANSFORMS

from .channel_replication import BGR_MEAN, BGR_STD


@TRANSFORMS.register_module()
class ChannelRandomErasing(RandomErasing):
    """Erases a random box with one value per channel.

    From the released code of Ye et al., "Channel Augmented Joint Learning
    for Visible-Infrared Recognition", ICCV 2021. It differs from
    mmpretrain's ``RandomErasing`` in that the aspect ratio is uniform in
    itself, not in its logarithm, a box that does not fit is drawn again,
    and the fill value is in units of the normalised image. The image here
    is not normalised yet, so the value is mapped back by ImageNet's mean
    and standard deviation (and rounded, if the image is uint8, which
    changes it by at most 0.009).

    **Modified Keys:**

    - img

    Args:
        erase_prob (float): Probability to erase, in [0, 1]. Defaults to 0.5.
        min_area_ratio (float): Smallest area of the box over that of the
            image. Defaults to 0.02.
        max_area_ratio (float): Largest such ratio. Defaults to 0.4.
        aspect_range (Sequence[float]): Range of height over width. Defaults
            to ``(0.3, 1 / 0.3)``.
        fill (Sequence[float]): Values of red, green and blue in units of
            the normalised image. Defaults to ``(0.4914, 0.4822, 0.4465)``.
        max_tries (int): How often a box is drawn until one fits. Defaults
            to 100.
    """

    def __init__(
        self,
        erase_prob: float = 0.5,
        min_area_ratio: float = 0.02,
        max_area_ratio: float = 0.4,
        aspect_range: Sequence[float] = (0.3, 1 / 0.3),
        fill: Sequence[float] = (0.4914, 0.4822, 0.4465),
        max_tries: int = 100,
    ) -> None:
        pixels = np.array(fill[::-1]) * BGR_STD + BGR_MEAN
        super().__init__(
            erase_prob,
            min_area_ratio,
            max_area_ratio,
            tuple(aspect_range),
            fill_color=pixels.tolist(),
        )
        self.max_tries = max_tries

    @cache_randomness
    def random_patch(self, img_h: int, img_w: int) -> tuple:
        """Draw a box.

        Args:
            img_h (int): Height of the image.
            img_w (int): Width of the image.

        Returns:
            tuple: Top, left, height and width; all 0 if none fitted.
        """
        for _ in range(self.max_tries):
            ratio = np.random.uniform(self.min_area_ratio, self.max_area_ratio)
            aspect = np.random.uniform(*self.aspect_range)
            height = round((ratio * img_h * img_w * aspect) ** 0.5)
            width = round((ratio * img_h * img_w / aspect) ** 0.5)
            if height < img_h and width < img_w:
                top = np.random.randint(0, img_h - height + 1)
                left = np.random.randint(0, img_w - width + 1)
                return top, left, height, width
        return 0, 0, 0, 0

    def _fill_pixels(
        self, img: np.ndarray, top: int, left: int, h: int, w: int
    ) -> np.ndarray:
        fill = np.array(self.fill_color)
        if img.dtype == np.uint8:
            fill = np.rint(fill).clip(0, 255)
        img[top : top + h, left : left + w] = fill
        return img
