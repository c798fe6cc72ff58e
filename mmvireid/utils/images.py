"""Images that are given as arrays."""

import numpy as np


def as_bgr(image: np.ndarray) -> np.ndarray:
    """Check an image and give a gray one three channels.

    Args:
        image (np.ndarray): ``(H, W, 3)`` BGR, ``(H, W)`` or ``(H, W, 1)``
            gray, uint8.

    Returns:
        np.ndarray: ``(H, W, 3)``.

    Raises:
        ValueError: If it is anything else.
    """
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(
            'An image must be an array (H, W, 3), BGR, or (H, W), gray, of '
            f'uint8 in 0..255, but it is {image.shape} of {image.dtype}.'
        )
    return image
