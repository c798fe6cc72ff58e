"""Shapes bent a little."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import cv2
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .random_image_transform import RandomImageTransform

KINDS = ('elastic', 'grid', 'affine')
#: Points of the elastic mesh and cells of the grid, along each side.
MESH, CELLS = 8, 5


@TRANSFORMS.register_module()
class Deform(RandomImageTransform):
    """Bends the image: elastically, by a grid, or as a whole.

    One of three kinds is drawn, all alike. ``elastic`` moves the points of a
    coarse mesh and bends what is between smoothly; ``grid`` makes the rows
    and columns of a grid wider and narrower; ``affine`` turns, scales and
    shears. What lies beyond the edge is mirrored. See
    :class:`.RandomImageTransform`.

    Args:
        magnitude (float): How far points move, as a share of the image's
            sides. The bends of ``elastic`` overshoot by up to a half, and a
            small part of the image may fold; ``grid`` moves its lines by
            0.09 at most, so that they do not. Defaults to 0.05.
        prob (float): Probability. Defaults to 0.2, the paper's.

    Raises:
        ValueError: If the magnitude is not in [0, 0.5].
    """

    def __init__(self, magnitude: float = 0.05, prob: float = 0.2) -> None:
        super().__init__(prob)
        if not 0 <= magnitude <= 0.5:
            raise ValueError(
                f'magnitude must be in [0, 0.5], but it is {magnitude}.'
            )
        self.magnitude = magnitude

    @cache_randomness
    def random_kind(self) -> str:
        """Draw the kind."""
        return KINDS[np.random.randint(len(KINDS))]

    @cache_randomness
    def random_numbers(self, *shape: int) -> np.ndarray:
        """Draw numbers of -1..1."""
        return np.random.uniform(-1, 1, shape)

    def change(self, img: np.ndarray) -> np.ndarray:
        """Bend ``(H, W, 3)``."""
        x, y = getattr(self, f'_{self.random_kind()}')(*img.shape[:2])
        return cv2.remap(
            img, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )

    def _elastic(self, height: int, width: int) -> tuple:
        moves = self.magnitude * self.random_numbers(2, MESH, MESH)
        moves *= [[[width]], [[height]]]
        x, y = (
            _smooth(move.astype(np.float32), (width, height)) for move in moves
        )
        x += np.arange(width, dtype=np.float32)
        y += np.arange(height, dtype=np.float32)[:, None]
        return x, y

    def _grid(self, height: int, width: int) -> tuple:
        # Less than half a cell, so that no line folds over.
        reach = min(self.magnitude, 0.45 / CELLS)
        moves = reach * self.random_numbers(2, CELLS + 1)
        moves[:, [0, -1]] = 0  # the edges stay
        at = np.linspace(0, 1, CELLS + 1)
        lines = []
        for size, move in zip((width, height), moves, strict=True):
            line = np.interp(np.linspace(0, 1, size), at, at + move)
            lines.append(((size - 1) * line).astype(np.float32))
        return tuple(np.meshgrid(*lines))

    def _affine(self, height: int, width: int) -> tuple:
        a, b, c, d, e, f = self.magnitude * self.random_numbers(6)
        x, u = _axis(width)
        y, v = _axis(height)
        # No corner moves further than the magnitude in either direction.
        x = x + width * (2 * a * u + c) / 3, width * 2 * b * v / 3
        y = height * 2 * d * u / 3, y + height * (2 * e * v + f) / 3
        return tuple(
            np.add(along, down[:, None], dtype=np.float32)
            for along, down in (x, y)
        )


def _smooth(mesh: np.ndarray, size: tuple) -> np.ndarray:
    """Fill the plane between the points of a mesh."""
    # A cubic for the bends, and straight lines, which are cheap, between.
    fine = cv2.resize(mesh, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    return cv2.resize(fine, size)


def _axis(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places along an axis in pixels, and from -0.5 to 0.5."""
    places = np.arange(size)
    return places, places / size - 0.5
