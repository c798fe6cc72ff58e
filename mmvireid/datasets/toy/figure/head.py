"""Head, hair and hat."""

import math

import numpy as np

from ..identity import Identity, Part
from ..pose import Joint, View
from .painter import Painter
from .ribbon import Ribbon

_ANGLES = np.linspace(math.pi, 2 * math.pi, 10)
_DOME = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], 1)
_BRIM = np.array([(-0.9, 0), (0.9, 0), (0.8, 0.22), (-0.8, 0.22)])
_FALLING = {'bob': 1.15, 'long': 2.6, 'ponytail': 2.2}


def draw_head(painter: Painter, identity: Identity, view: View) -> None:
    """Paint neck, head, face and hat.

    Args:
        painter (Painter): The canvas.
        identity (Identity): The person.
        view (View): The joints.
    """
    body, wear = identity.body, identity.wardrobe
    center, neck = view.points[Joint.HEAD], view.points[Joint.NECK]
    cos, sin = math.cos(view.head_yaw), math.sin(view.head_yaw)
    ry = body.head / 2
    rx = ry * math.hypot(body.head_width * cos, 0.86 * sin)
    line = np.array([center, (center + neck) / 2, neck + (0, 0.025)])
    widths = np.array([0.028, 0.028, 0.034])
    painter.ribbon(Ribbon.along(line, widths), Part.SKIN)
    scalp = Part.SKIN if wear.hair == 'bald' else Part.HAIR
    painter.ellipse(center, (1.05 * rx, 1.02 * ry), scalp)
    if hair_is_near(view):
        draw_hair_fall(painter, identity, view)
    if wear.hair == 'bun':
        bun = center + (-0.75 * sin * rx, -0.85 * ry)
        painter.ellipse(bun, (0.5 * rx, 0.42 * ry), Part.HAIR)
    if cos > -0.55:
        _draw_face(painter, center, (rx, ry), view.head_yaw)
    if wear.hat != 'none':
        _draw_hat(painter, wear.hat, center, (rx, ry), sin)


def hair_is_near(view: View) -> bool:
    """Whether falling hair hangs before the trunk, not behind it."""
    return math.cos(view.head_yaw) <= -0.1


def draw_hair_fall(painter: Painter, identity: Identity, view: View) -> None:
    """Paint hair that hangs below the head, if the person has such.

    Args:
        painter (Painter): The canvas.
        identity (Identity): The person.
        view (View): The joints.
    """
    wear, body = identity.wardrobe, identity.body
    if wear.hair not in _FALLING:
        return
    sin = math.sin(view.head_yaw)
    center = view.points[Joint.HEAD]
    ry = body.head / 2
    rx = ry * body.head_width
    if wear.hair == 'ponytail':
        wide, back = np.array([0.3, 0.42, 0.18]) * rx, 1.05 * sin * rx
    else:
        wide, back = np.array([0.98, 1.12, 1.0]) * rx, 0.4 * sin * rx
    tip = _FALLING[wear.hair] * wear.hair_length
    heights = center[1] + np.linspace(-0.15, tip, 3) * ry
    hair = Ribbon.upright(np.full(3, center[0] - back), heights, wide)
    painter.ribbon(hair, Part.HAIR)


def _draw_face(
    painter: Painter,
    center: np.ndarray,
    radii: tuple[float, float],
    yaw: float,
) -> None:
    rx, ry = radii
    cos, sin = math.cos(yaw), math.sin(yaw)
    face = center + (0.42 * sin * rx, 0.18 * ry)
    wide = (0.62 + 0.26 * max(cos, 0.0)) * rx
    painter.ellipse(face, (wide, 0.84 * ry), Part.SKIN)
    if cos <= 0.0:
        return
    for side in (-0.34, 0.34):
        eye = face + ((side * cos + 0.2 * sin) * rx, -0.12 * ry)
        painter.ellipse(eye, (0.13 * rx, 0.09 * ry), Part.EYE)


def _draw_hat(
    painter: Painter,
    kind: str,
    center: np.ndarray,
    radii: tuple[float, float],
    sin: float,
) -> None:
    rx, ry = radii
    low = -0.28 * ry
    crown = _DOME * (1.12 * rx, 0.86 * ry) + center + (0, low)
    painter.polygon(crown, Part.HAT)
    if kind == 'cap':
        forward = (0.75 * sin * rx, low)
        painter.polygon(_BRIM * radii + center + forward, Part.HAT)
