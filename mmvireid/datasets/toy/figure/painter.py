"""The canvas of a figure: which part is where, and how it is rounded."""

import cv2
import numpy as np

from .ribbon import Ribbon

SUPERSAMPLE = 2
"""Canvas pixels per image pixel and axis; averaging them antialiases."""

_SHIFT = 4
_ANGLES = np.linspace(0, 2 * np.pi, 18, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], 1)
# A part is rounded by bands of its position across, smoothed afterwards.
_EDGES = np.array([0.0, 0.22, 0.5, 0.78, 1.0])[:, None, None]
_BANDS = (20, 92, 164, 236)
_MIDDLE = 128


class Painter:
    """Paints parts, the nearest last.

    Args:
        size (tuple[int, int]): Height and width of the image, pixels.
        scale (float): Image pixels per unit of the drawing.
        origin (tuple[float, float]): Where the drawing's origin lies, (x,
            y) in image pixels.

    Attributes:
        labels (np.ndarray): (SUPERSAMPLE * H, SUPERSAMPLE * W) uint8, the
            :class:`Part` at every canvas pixel.
        across (np.ndarray): Same shape, position across the part, 0 left
            to 255 right.
    """

    def __init__(
        self,
        size: tuple[int, int],
        scale: float,
        origin: tuple[float, float],
    ) -> None:
        shape = (size[0] * SUPERSAMPLE, size[1] * SUPERSAMPLE)
        self.labels = np.zeros(shape, np.uint8)
        self.across = np.full(shape, _MIDDLE, np.uint8)
        factor = SUPERSAMPLE * (1 << _SHIFT)
        self._scale = scale * factor
        self._offset = np.array(origin) * factor

    def _fixed(self, points: np.ndarray) -> np.ndarray:
        return (points * self._scale + self._offset).astype(np.int32)

    @staticmethod
    def _fill(canvas: np.ndarray, points: np.ndarray, value: int) -> None:
        cv2.fillPoly(canvas, [points], int(value), cv2.LINE_8, _SHIFT)

    def ribbon(self, ribbon: Ribbon, part: int) -> None:
        """Paint a ribbon and its rounding."""
        lines = ribbon.left + _EDGES * (ribbon.right - ribbon.left)
        lines = self._fixed(lines)
        outline = np.concatenate([lines[0], lines[-1, ::-1]])
        self._fill(self.labels, outline, part)
        bands = np.concatenate([lines[:-1], lines[1:, ::-1]], axis=1)
        for band, value in zip(bands, _BANDS, strict=True):
            self._fill(self.across, band, value)

    def patches(self, ribbon: Ribbon, patches: np.ndarray, part: int) -> None:
        """Paint patches on a ribbon; its rounding stays.

        Args:
            ribbon (Ribbon): What they are printed on.
            patches (np.ndarray): (k, 4, 2) corners as (t, s).
            part (int): The :class:`Part` they show.
        """
        if len(patches):
            corners = ribbon.at(patches[..., 0], patches[..., 1])
            for polygon in self._fixed(corners):
                cv2.fillConvexPoly(
                    self.labels, polygon, int(part), cv2.LINE_8, _SHIFT
                )

    def polygon(self, points: np.ndarray, part: int) -> None:
        """Paint a polygon, (n, 2)."""
        self._fill(self.labels, self._fixed(points), part)

    def ellipse(
        self, center: np.ndarray, axes: tuple[float, float], part: int
    ) -> None:
        """Paint an upright ellipse with its half axes."""
        points = self._fixed(_CIRCLE * axes + center)
        self._fill(self.labels, points, part)
        self._fill(self.across, points, _MIDDLE)
