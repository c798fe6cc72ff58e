"""Backpacks, shoulder bags and handbags."""

import math

import numpy as np

from ..identity import Identity, Part
from ..pose import Joint, View
from .painter import Painter
from .ribbon import Ribbon, visible_patches

# Straps on the trunk, corners as (t, angle).
_STRAPS = np.array(
    [
        [(0.0, a - 0.13), (0.0, a + 0.13), (0.55, a + 0.13), (0.55, a - 0.13)]
        for a in (-0.6, 0.6)
    ]
)
_SLING = np.array(
    [
        [(0.0, -0.75), (0.0, -0.45), (1.0, 1.25), (1.0, 0.95)],
        [(0.0, 3.75), (0.0, 3.45), (1.0, 1.75), (1.0, 2.05)],
    ]
)
_POCKET = np.array([[(0.55, 0.15), (0.55, 0.85), (0.9, 0.85), (0.9, 0.15)]])


def bag_is_near(identity: Identity, view: View) -> bool:
    """Whether a carried bag lies before the trunk, not behind it."""
    wear = identity.wardrobe
    if wear.bag == 'backpack':
        return math.cos(view.yaw) < 0
    return wear.bag_side * math.sin(view.yaw) <= 0


def draw_bag(painter: Painter, identity: Identity, view: View) -> None:
    """Paint a backpack or a shoulder bag, if the person has one.

    Args:
        painter (Painter): The canvas.
        identity (Identity): The person.
        view (View): The joints.
    """
    body, wear = identity.body, identity.wardrobe
    if wear.bag == 'backpack':
        back = math.sin(view.yaw) * (body.depth + 0.03 * wear.bag_size)
        top = view.points[Joint.NECK] + (-back, 0.035)
        _draw_box(painter, identity, view, top, (0.085, 0.045, 0.2))
    elif wear.bag == 'shoulder':
        aside = wear.bag_side * math.cos(view.yaw) * (body.hip + 0.03)
        top = view.points[Joint.PELVIS] + (aside, -0.04)
        _draw_box(painter, identity, view, top, (0.045, 0.07, 0.11))


def draw_handbag(
    painter: Painter, identity: Identity, view: View, wrist: int
) -> None:
    """Paint a handbag, if the person carries one in this hand.

    Args:
        painter (Painter): The canvas.
        identity (Identity): The person.
        view (View): The joints.
        wrist (int): The :class:`Joint` of the hand.
    """
    wear = identity.wardrobe
    side = 1 if wrist == Joint.WRIST_L else -1
    if wear.bag == 'handbag' and side == wear.bag_side:
        top = view.points[wrist] + (0, 0.03)
        _draw_box(painter, identity, view, top, (0.055, 0.035, 0.1))


def draw_straps(
    painter: Painter, identity: Identity, view: View, trunk: Ribbon
) -> None:
    """Paint what holds a bag on the trunk.

    Args:
        painter (Painter): The canvas.
        identity (Identity): The person.
        view (View): The joints.
        trunk (Ribbon): The outermost garment.
    """
    wear = identity.wardrobe
    if wear.bag == 'backpack':
        straps = visible_patches(_STRAPS, view.yaw)
    elif wear.bag == 'shoulder':
        straps = visible_patches(_SLING * (1, -wear.bag_side), view.yaw)
    else:
        return
    painter.patches(trunk, straps, Part.BAG)


def _draw_box(
    painter: Painter,
    identity: Identity,
    view: View,
    top: np.ndarray,
    extent: tuple[float, float, float],
) -> None:
    """A box hanging from ``top``: half width, half depth and height."""
    size = identity.wardrobe.bag_size
    wide, deep, height = extent
    half = size * math.hypot(
        wide * math.cos(view.yaw), deep * math.sin(view.yaw)
    )
    bag = Ribbon.upright(
        np.full(3, top[0]),
        np.linspace(top[1], top[1] + height * size, 3),
        half * np.array([0.85, 1.0, 0.95]),
    )
    painter.ribbon(bag, Part.BAG)
    painter.patches(bag, _POCKET, Part.BAG_TONE)
