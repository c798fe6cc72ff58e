"""Pictures put together from smaller ones."""

from collections.abc import Sequence

import cv2
import numpy as np

GREEN, RED, BLUE = (40, 180, 40), (220, 40, 40), (40, 80, 220)
GAP = 4


def to_rgb(inputs: np.ndarray) -> np.ndarray:
    """Turn what a pipeline packs into a picture.

    Args:
        inputs (np.ndarray): ``(3, H, W)`` BGR in 0..255.

    Returns:
        np.ndarray: ``(H, W, 3)`` RGB, uint8, contiguous.
    """
    image = np.clip(np.rint(inputs[::-1].transpose(1, 2, 0)), 0, 255)
    return np.ascontiguousarray(image.astype(np.uint8))


def framed(image: np.ndarray, color: Sequence, width: int = 2) -> np.ndarray:
    """Put a frame around a picture.

    Args:
        image (np.ndarray): ``(H, W, 3)``.
        color (Sequence[int]): Of the frame.
        width (int): Of the frame, in pixels. Defaults to 2.

    Returns:
        np.ndarray: A picture larger by the frame.
    """
    sides = [width] * 4
    return cv2.copyMakeBorder(
        image, *sides, cv2.BORDER_CONSTANT, value=tuple(color)
    )


def arranged(rows: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Arrange pictures in a grid, each at the upper left of its cell.

    Args:
        rows (Sequence[Sequence[np.ndarray]]): Pictures ``(H, W, 3)`` of any
            sizes; rows may differ in length.

    Returns:
        np.ndarray: The sheet, white between the pictures.
    """
    columns = max(len(row) for row in rows)
    widths = [
        max(row[i].shape[1] for row in rows if i < len(row))
        for i in range(columns)
    ]
    heights = [max(image.shape[0] for image in row) for row in rows]
    sheet = np.full(
        (
            sum(heights) + GAP * (len(rows) + 1),
            sum(widths) + GAP * (columns + 1),
            3,
        ),
        255,
        np.uint8,
    )
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        left = GAP
        for image, width in zip(row, widths, strict=False):
            sheet[top : top + image.shape[0], left : left + image.shape[1]] = (
                image
            )
            left += width + GAP
        top += height + GAP
    return sheet


def caption(text: str, width: int, height: int = 18) -> np.ndarray:
    """Write a line of text.

    Args:
        text (str): The line.
        width (int): Of the picture; longer text is cut off.
        height (int): Of the picture. Defaults to 18.

    Returns:
        np.ndarray: ``(height, width, 3)``, black on white.
    """
    image = np.full((height, width, 3), 255, np.uint8)
    cv2.putText(
        image,
        text,
        (2, height - 5),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.4,
        (0, 0, 0),
        1,
        cv2.LINE_AA,
    )
    return image
