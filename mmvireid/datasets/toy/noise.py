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
        size (tuple[int, int]): Height and width; beyond 512 pixels the
            noise is mirrored.
        sigma (float): Correlation length in pixels, 0 for white noise.

    Returns:
        np.ndarray: (H, W) float32, mean 0, deviation 1. Read only.
    """
    height, width = (min(side, _SIDE) for side in size)
    y, x = rng.integers(0, (_SIDE - height + 1, _SIDE - width + 1))
    patch = _bank(sigma)[y : y + height, x : x + width]
    if patch.shape != size:
        beyond = ((0, size[0] - height), (0, size[1] - width))
        patch = np.pad(patch, beyond, mode='symmetric')
    return patch
