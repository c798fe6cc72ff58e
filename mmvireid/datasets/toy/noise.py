"""Stored noise: drawing it anew for each image would take most of the time."""

from functools import lru_cache

import cv2
import numpy as np

_SIDE = 512


@lru_cache(maxsize=8)
def _bank(sigma: float) -> np.ndarray:
    rng = np.random.default_rng(20210601)
    noise = rng.standard_normal((_SIDE, _SIDE)).astype(np.float32)
    if sigma:
        noise = cv2.GaussianBlur(
            noise, (0, 0), sigma, borderType=cv2.BORDER_REFLECT
        )
        noise /= noise.std()
    noise.flags.writeable = False
    return noise


def noise_patch(
    rng: np.random.Generator, size: tuple[int, int], sigma: float = 0.0
) -> np.ndarray:
    """A random window of stored Gaussian noise.

    Args:
        rng (np.random.Generator): Chooses the window.
        size (tuple[int, int]): Height and width, at most 512 each.
        sigma (float): Correlation length in pixels, 0 for white noise.

    Returns:
        np.ndarray: (H, W) float32, mean 0, deviation 1. Read only.

    Raises:
        ValueError: If the window is larger than the store.
    """
    if max(size) > _SIDE:
        raise ValueError(
            f'noise windows are at most {_SIDE} px a side, found {size}: '
            'render smaller images'
        )
    y, x = rng.integers(0, (_SIDE - size[0] + 1, _SIDE - size[1] + 1))
    return _bank(sigma)[y : y + size[0], x : x + size[1]]
