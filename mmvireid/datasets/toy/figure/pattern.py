"""Patterns as patches in a garment's own coordinates.

A patch has four corners ``(t, angle)``: ``t`` along the garment, 0..1, and
the place around the body in radians, 0 in front. A whole turn runs from -pi
to pi.
"""

import math
from functools import lru_cache

import numpy as np

from ..identity import Pattern

TURN = (-math.pi, math.pi)


def _patch(t0: float, t1: float, a0: float, a1: float) -> list:
    return [(t0, a0), (t0, a1), (t1, a1), (t1, a0)]


def _hoops(pattern: Pattern) -> list:
    step = 1 / pattern.count
    return [
        _patch(k * step, (k + pattern.duty) * step, *TURN)
        for k in range(pattern.count)
    ]


def _pinstripes(pattern: Pattern) -> list:
    count = 2 * pattern.count
    step = 2 * math.pi / count
    return [
        _patch(0, 1, (k + 0.5) * step, (k + 0.5 + pattern.duty) * step)
        for k in range(count)
    ]


def _checks(pattern: Pattern) -> list:
    count = 2 * pattern.count
    step, turn = 1 / pattern.count, 2 * math.pi / count
    return [
        _patch(
            row * step, (row + 1) * step, column * turn, (column + 1) * turn
        )
        for row in range(pattern.count)
        for column in range(row % 2, count, 2)
    ]


def _dots(pattern: Pattern) -> list:
    count = 2 * pattern.count
    step, turn = 1 / pattern.count, 2 * math.pi / count
    size = 0.45 * pattern.duty + 0.15
    dots = []
    for row in range(pattern.count):
        for column in range(count):
            t = (row + 0.5) * step
            angle = (column + 0.5 * (row % 2)) * turn
            dots.append(
                [
                    (t - size * step, angle),
                    (t, angle + size * turn),
                    (t + size * step, angle),
                    (t, angle - size * turn),
                ]
            )
    return dots


def _yoke(pattern: Pattern) -> list:
    return [_patch(0, pattern.place, *TURN)]


def _band(pattern: Pattern) -> list:
    height = 0.12 + 0.2 * pattern.duty
    return [_patch(pattern.place, pattern.place + height, *TURN)]


def _sash(pattern: Pattern) -> list:
    width = 0.15 + 0.3 * pattern.duty
    front = [(0, -1.3), (width, -1.3), (1, 1.3), (1 - width, 1.3)]
    return [front, [(t, math.pi - a) for t, a in front]]


def _motif(corners: list, pattern: Pattern) -> list:
    """A motif on the chest and on the back; corners within -1..1."""
    size = 0.12 + 0.22 * pattern.duty
    return [
        [(pattern.place + size * t, turn + 3.2 * size * a) for t, a in quad]
        for quad in corners
        for turn in (0.0, math.pi)
    ]


def _square(pattern: Pattern) -> list:
    return _motif(
        [[(-0.8, -0.8), (-0.8, 0.8), (0.8, 0.8), (0.8, -0.8)]], pattern
    )


def _diamond(pattern: Pattern) -> list:
    return _motif([[(-1.2, 0), (0, 1), (1.2, 0), (0, -1)]], pattern)


def _cross(pattern: Pattern) -> list:
    bar = [(-0.3, -1), (-0.3, 1), (0.3, 1), (0.3, -1)]
    return _motif([bar, [(a, t) for t, a in bar]], pattern)


def _chevron(pattern: Pattern) -> list:
    arm = [(-0.7, -1.2), (-0.2, -1.2), (0.8, 0), (0.2, 0)]
    return _motif([arm, [(t, -a) for t, a in arm]], pattern)


_DRAW = {
    'hoops': _hoops,
    'pinstripes': _pinstripes,
    'checks': _checks,
    'dots': _dots,
    'yoke': _yoke,
    'band': _band,
    'sash': _sash,
    'square': _square,
    'diamond': _diamond,
    'cross': _cross,
    'chevron': _chevron,
}


@lru_cache(maxsize=4096)
def pattern_patches(pattern: Pattern) -> np.ndarray:
    """Where a garment shows its second tone.

    Args:
        pattern (Pattern): The pattern.

    Returns:
        np.ndarray: (k, 4, 2) float64 corners as (t, angle); k is 0 for a
        plain garment. Read only.

    Raises:
        ValueError: If the kind of the pattern is unknown.
    """
    if pattern.kind == 'plain':
        patches = np.zeros((0, 4, 2))
    elif pattern.kind in _DRAW:
        patches = np.array(_DRAW[pattern.kind](pattern), dtype=np.float64)
    else:
        raise ValueError(
            f'unknown pattern {pattern.kind!r}: expected plain or one of '
            f'{sorted(_DRAW)}'
        )
    patches.flags.writeable = False
    return patches
