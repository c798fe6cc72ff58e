"""Who a toy pedestrian is: everything that stays with the person."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np

VISIBLE, INFRARED = 0, 1
"""The values of ``modality`` in every record of the toolbox."""


class Part(IntEnum):
    """What a pixel of a figure shows; indexes ``Identity.materials``."""

    NOTHING = 0
    SKIN = 1
    HAIR = 2
    HAT = 3
    TOP = 4
    TOP_TONE = 5
    BOTTOM = 6
    BOTTOM_TONE = 7
    COAT = 8
    COAT_TONE = 9
    SHOE = 10
    BAG = 11
    BAG_TONE = 12
    EYE = 13


@dataclass(frozen=True)
class Material:
    """How a surface looks in each spectrum.

    Args:
        color (tuple[float, float, float]): Reflectance in blue, green and
            red, 0..1.
        emission (float): Apparent infrared intensity, 0..1.
    """

    color: tuple[float, float, float]
    emission: float


@dataclass(frozen=True)
class Body:
    """Proportions in units of the standing height.

    Widths are half widths seen from the front, depths half widths seen
    from the side.
    """

    head: float
    head_width: float
    shoulder: float
    waist: float
    hip: float
    depth: float
    leg: float
    arm: float
    arm_width: float
    thigh_width: float
    calf_width: float


@dataclass(frozen=True)
class Gait:
    """How the person walks and holds the limbs; angles in radians."""

    stride: float
    arm_swing: float
    knee: float
    elbow: float
    arm_spread: float
    lean: float


@dataclass(frozen=True)
class Pattern:
    """The drawing on a garment, in the garment's own coordinates.

    Args:
        kind (str): One of :data:`PATTERNS`.
        count (int): Repetitions along the garment.
        duty (float): Share of a repetition in the second tone, 0..1.
        place (float): Position along the garment of a single motif, 0..1.
    """

    kind: str = 'plain'
    count: int = 4
    duty: float = 0.5
    place: float = 0.4


@dataclass(frozen=True)
class Wardrobe:
    """Cut of what is worn; lengths are shares of the limb or the torso."""

    top: Pattern
    sleeve: float
    sleeve_contrast: bool
    hem: float
    bottom: str
    bottom_length: float
    bottom_width: float
    bottom_pattern: Pattern
    coat: bool
    coat_length: float
    coat_gap: float
    coat_flare: float
    coat_pattern: Pattern
    boot: float
    hair: str
    hair_length: float
    hat: str
    bag: str
    bag_size: float
    bag_side: int


@dataclass(frozen=True)
class Identity:
    """A toy person.

    Args:
        pid (int): Number of the person.
        body (Body): Proportions.
        gait (Gait): Way of walking.
        wardrobe (Wardrobe): Hair, garments, bag.
        materials (tuple[Material, ...]): Indexed by :class:`Part`.
    """

    pid: int
    body: Body
    gait: Gait
    wardrobe: Wardrobe
    materials: tuple[Material, ...]

    def palette(self, modality: int) -> np.ndarray:
        """Colour of every part.

        Args:
            modality (int): 0 visible, 1 infrared.

        Returns:
            np.ndarray: (number of parts, channels) uint8; BGR for visible,
            one channel for infrared. Read only.
        """
        return _palette(self.materials, modality)


PATTERNS = (
    'plain',
    'hoops',
    'pinstripes',
    'checks',
    'dots',
    'yoke',
    'band',
    'sash',
    'square',
    'diamond',
    'cross',
    'chevron',
)
"""Kinds of :class:`Pattern`."""

HAIRS = ('bald', 'short', 'bob', 'long', 'ponytail', 'bun')
HATS = ('none', 'cap', 'beanie')
BOTTOMS = ('trousers', 'shorts', 'skirt')
BAGS = ('none', 'backpack', 'shoulder', 'handbag')


@lru_cache(maxsize=4096)
def _palette(materials: tuple[Material, ...], modality: int) -> np.ndarray:
    if modality == VISIBLE:
        values = np.array([m.color for m in materials])
    else:
        values = np.array([[m.emission] for m in materials])
    palette = np.round(values * 255).astype(np.uint8)
    palette.flags.writeable = False
    return palette
