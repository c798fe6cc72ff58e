"""Strips of cloth and skin: the geometry every body part is drawn with.

A ribbon runs along a centre line and has a half width at every point of it.
Positions on it are ``(t, s)``: ``t`` from 0 (start) to 1 (end), ``s`` from 0
to 1 across the visible side. Things that are printed on a garment have a
place around the body instead: an angle, 0 in front, pi at the back.
"""

import math

import numpy as np


class Ribbon:
    """A strip with two outlines.

    Args:
        left (np.ndarray): (n, 2) points of the left outline, equally spaced
            along the ribbon.
        right (np.ndarray): (n, 2) points of the right outline.
    """

    def __init__(self, left: np.ndarray, right: np.ndarray) -> None:
        self.left = left
        self.right = right

    @classmethod
    def along(cls, points: np.ndarray, widths: np.ndarray) -> 'Ribbon':
        """A ribbon along a polyline.

        Args:
            points (np.ndarray): (n, 2) centre line.
            widths (np.ndarray): (n,) half widths.

        Returns:
            Ribbon: The ribbon.
        """
        step = np.empty_like(points)
        step[1:-1] = points[2:] - points[:-2]
        step[0] = points[1] - points[0]
        step[-1] = points[-1] - points[-2]
        length = np.sqrt((step**2).sum(1)) + 1e-6
        side = np.stack([-step[:, 1], step[:, 0]], 1)
        side *= (widths / length)[:, None]
        return cls(points + side, points - side)

    @classmethod
    def upright(
        cls, centers: np.ndarray, heights: np.ndarray, widths: np.ndarray
    ) -> 'Ribbon':
        """A ribbon whose cross sections are horizontal.

        Args:
            centers (np.ndarray): (n,) horizontal positions.
            heights (np.ndarray): (n,) vertical positions, equally spaced.
            widths (np.ndarray): (n,) half widths.

        Returns:
            Ribbon: The ribbon, s = 0 at the left of the image.
        """
        return cls(
            np.stack([centers - widths, heights], 1),
            np.stack([centers + widths, heights], 1),
        )

    def at(self, t: np.ndarray, s: np.ndarray) -> np.ndarray:
        """Points on the ribbon.

        Args:
            t (np.ndarray): Positions along it, 0..1, any shape.
            s (np.ndarray): Positions across it, 0..1, same shape.

        Returns:
            np.ndarray: (*shape, 2) points.
        """
        last = len(self.left) - 1
        place = np.clip(t, 0.0, 1.0) * last
        row = np.minimum(place.astype(int), last - 1)
        part = (place - row)[..., None]
        s = s[..., None]
        left, right = self.left, self.right
        here = left[row] * (1 - s) + right[row] * s
        there = left[row + 1] * (1 - s) + right[row + 1] * s
        return here * (1 - part) + there * part

    def cut(self, t0: float, t1: float, widen: float = 1.0) -> 'Ribbon':
        """The piece from ``t0`` to ``t1``, its width scaled.

        Args:
            t0 (float): Where the piece starts, 0..1.
            t1 (float): Where it ends, 0..1.
            widen (float): Factor on the width.

        Returns:
            Ribbon: The piece, with as many points as this one.
        """
        t = np.linspace(t0, t1, len(self.left))
        margin = 0.5 * (widen - 1.0)
        return Ribbon(
            self.at(t, np.full_like(t, -margin)),
            self.at(t, np.full_like(t, 1 + margin)),
        )


def visible_patches(patches: np.ndarray, yaw: float) -> np.ndarray:
    """Turn patches on a garment into patches on its visible side.

    Args:
        patches (np.ndarray): (k, 4, 2) corners as (t, angle).
        yaw (float): Where the person faces, radians.

    Returns:
        np.ndarray: (m, 4, 2) corners as (t, s), m <= k.
    """
    angles = patches[..., 1]
    middle = 0.5 * (angles.max(1) + angles.min(1))
    width = angles.max(1) - angles.min(1)
    # Turn each patch as a whole, so that none is torn at the seam.
    turn = np.remainder(middle + yaw + math.pi, 2 * math.pi) - math.pi
    half = math.pi / 2
    inside = angles - middle[:, None] + turn[:, None]
    seen = (np.abs(turn) - width / 2 < half) | (width > math.pi)
    across = 0.5 + 0.5 * np.sin(np.clip(inside, -half, half))
    return np.stack([patches[..., 0], across], -1)[seen]
