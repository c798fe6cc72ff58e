"""Images that a caller hands over as arrays."""

import numpy as np


def check_array(image: np.ndarray) -> np.ndarray:
    """Check that an array is an image as OpenCV reads it.

    Args:
        image (np.ndarray): ``(H, W, 3)`` BGR or ``(H, W)`` gray, uint8.

    Returns:
        np.ndarray: ``(H, W, 3)``; gray is in all three channels.

    Raises:
        ValueError: If it is something else.
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
