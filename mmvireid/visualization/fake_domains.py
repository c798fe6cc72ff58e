"""Pictures of fake visible and infrared views."""

from collections.abc import Sequence

import cv2
import numpy as np

from .tiles import arranged, caption, to_rgb


def view_sheet(
    originals: Sequence[np.ndarray], views: Sequence[Sequence[np.ndarray]]
) -> np.ndarray:
    """Arrange images above their views, as Fig. 1 of TOPLight's supplement.

    Args:
        originals (Sequence[np.ndarray]): ``N`` images ``(3, h, w)`` BGR in
            0..255, of any size.
        views (Sequence[Sequence[np.ndarray]]): For each image its visible
            and its infrared view, ``(3, H, W)`` BGR in 0..255.

    Returns:
        np.ndarray: ``(H', W', 3)`` RGB, uint8.
    """
    height, width = views[0][0].shape[1:]
    rows = [
        [_fitted(to_rgb(image), height, width) for image in originals],
        [to_rgb(pair[0]) for pair in views],
        [to_rgb(pair[1]) for pair in views],
    ]
    names = ('original', 'visible path', 'infrared path')
    return arranged(
        [
            [caption(name, 90), *row]
            for name, row in zip(names, rows, strict=True)
        ]
    )


def _fitted(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale an image to fit into a box."""
    scale = min(height / image.shape[0], width / image.shape[1])
    size = [max(round(scale * side), 1) for side in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
