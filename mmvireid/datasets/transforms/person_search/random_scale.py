"""Scaling scenes at random."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections.abc import Sequence

import numpy as np
from mmcv.transforms.utils import cache_randomness
from mmdet.datasets.transforms import Resize

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomScale(Resize):
    """Scales a scene by a random factor.

    The first step of *rrc_scale* in SPNet (WACV 2025, supplement, Sec. 8).
    The released code gives the paper's bounds, 0.5 and 2, to a library that
    adds 1 to them: ``scale_range=(1.5, 3.0)`` does the same.

    **Modified Keys:**

    - img
    - img_shape
    - gt_bboxes

    **Added Keys:**

    - scale, scale_factor (w, h), keep_ratio

    Args:
        scale_range (Sequence[float]): The smallest and the largest factor;
            it is uniform between them. Defaults to ``(0.5, 2.0)``.
    """

    def __init__(self, scale_range: Sequence[float] = (0.5, 2.0)) -> None:
        low, high = scale_range
        if not 0 < low <= high:
            raise ValueError(
                'scale_range must be positive and ascending, but is '
                f'{tuple(scale_range)}.'
            )
        self.scale_range = (low, high)
        super().__init__(scale_factor=1.0)

    @cache_randomness
    def random_factor(self) -> float:
        """Draw the factor."""
        return float(np.random.uniform(*self.scale_range))

    def transform(self, results: dict) -> dict:
        """Scale one scene.

        Args:
            results (dict): The results of the transforms before.

        Returns:
            dict: The same with image and boxes scaled.
        """
        factor = self.random_factor()
        self.scale_factor = (factor, factor)
        return super().transform(results)
