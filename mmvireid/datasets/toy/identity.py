"""Who a toy pedestrian is: everything that stays with the person.

Shape, layout and pattern are what the two spectra share. Each material's
reflectance (visible) and emission (infrared) are drawn independently, so
neither colour nor brightness says anything about the other spectrum.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np

VISIBLE, INFRARED = 0, 1
"""The values of ``modality`` in every record of the toolbox."""

IDENTITY_STREAM = 7919
"""Keeps the generators of identities apart from those of images."""


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


@lru_cache(maxsize=4096)
def sample_identity(seed: int, pid: int) -> Identity:
    """Draw a person.

    Args:
        seed (int): Seed of the whole population.
        pid (int): Number of the person; the same (seed, pid) always gives
            the same person.

    Returns:
        Identity: The person.
    """
    rng = np.random.default_rng([seed, pid, IDENTITY_STREAM])
    return Identity(
        pid=pid,
        body=_sample_body(rng),
        gait=_sample_gait(rng),
        wardrobe=_sample_wardrobe(rng),
        materials=_sample_materials(rng),
    )


def _sample_body(rng: np.random.Generator) -> Body:
    build = rng.uniform(0.85, 1.2)
    return Body(
        head=rng.uniform(0.122, 0.15),
        head_width=rng.uniform(0.68, 0.8),
        shoulder=rng.uniform(0.1, 0.128) * math.sqrt(build),
        waist=rng.uniform(0.068, 0.092) * build,
        hip=rng.uniform(0.078, 0.1) * math.sqrt(build),
        depth=rng.uniform(0.06, 0.082) * build,
        leg=rng.uniform(0.45, 0.53),
        arm=rng.uniform(0.31, 0.36),
        arm_width=rng.uniform(0.02, 0.027) * build,
        thigh_width=rng.uniform(0.042, 0.052) * build,
        calf_width=rng.uniform(0.024, 0.032) * build,
    )


def _sample_gait(rng: np.random.Generator) -> Gait:
    return Gait(
        stride=rng.uniform(0.25, 0.55),
        arm_swing=rng.uniform(0.1, 0.6),
        knee=rng.uniform(0.4, 0.9),
        elbow=rng.uniform(0.1, 0.7),
        arm_spread=rng.uniform(0.03, 0.2),
        lean=rng.uniform(-0.03, 0.09),
    )


def _sample_pattern(rng: np.random.Generator, plain: float) -> Pattern:
    kind = 'plain'
    if rng.random() >= plain:
        kind = str(rng.choice(PATTERNS[1:]))
    return Pattern(
        kind=kind,
        count=int(rng.integers(3, 7)),
        duty=float(rng.uniform(0.3, 0.6)),
        place=float(rng.uniform(0.25, 0.6)),
    )


def _sample_wardrobe(rng: np.random.Generator) -> Wardrobe:
    bottom = str(rng.choice(BOTTOMS, p=(0.6, 0.18, 0.22)))
    length = {
        'trousers': rng.uniform(0.85, 1.0),
        'shorts': rng.uniform(0.35, 0.55),
        'skirt': rng.uniform(0.35, 0.8),
    }[bottom]
    return Wardrobe(
        top=_sample_pattern(rng, plain=0.2),
        sleeve=float(
            rng.choice((0.0, 0.4, 0.65, 1.0), p=(0.1, 0.35, 0.1, 0.45))
        ),
        sleeve_contrast=bool(rng.random() < 0.25),
        hem=rng.uniform(0.92, 1.12),
        bottom=bottom,
        bottom_length=length,
        bottom_width=rng.uniform(1.05, 1.6),
        bottom_pattern=_sample_pattern(rng, plain=0.65),
        coat=bool(rng.random() < 0.3),
        coat_length=rng.uniform(1.05, 1.75),
        coat_gap=float(rng.choice((0.0, 0.35, 0.6))),
        coat_flare=rng.uniform(1.0, 1.35),
        coat_pattern=_sample_pattern(rng, plain=0.7),
        boot=float(rng.choice((0.0, 0.0, 0.35, 0.7))),
        hair=str(rng.choice(HAIRS, p=(0.08, 0.32, 0.15, 0.2, 0.15, 0.1))),
        hair_length=rng.uniform(0.7, 1.5),
        hat=str(rng.choice(HATS, p=(0.75, 0.13, 0.12))),
        bag=str(rng.choice(BAGS, p=(0.35, 0.25, 0.2, 0.2))),
        bag_size=rng.uniform(0.8, 1.25),
        bag_side=int(rng.choice((-1, 1))),
    )


def _sample_materials(rng: np.random.Generator) -> tuple[Material, ...]:
    top, top_tone = _sample_cloth(rng)
    bottom, bottom_tone = _sample_cloth(rng)
    coat, coat_tone = _sample_cloth(rng)
    bag, bag_tone = _sample_cloth(rng)
    hat, _ = _sample_cloth(rng)
    skin = rng.uniform(0.35, 0.95)
    hair = rng.uniform(0.06, 0.5)
    shoe = rng.uniform(0.05, 0.9)
    return (
        Material((0.0, 0.0, 0.0), 0.0),
        Material((0.62 * skin, 0.75 * skin, 0.95 * skin), 0.92),
        Material((0.35 * hair, 0.6 * hair, hair), rng.uniform(0.25, 0.55)),
        hat,
        top,
        top_tone,
        bottom,
        bottom_tone,
        coat,
        coat_tone,
        Material((shoe, shoe, shoe), rng.uniform(0.15, 0.6)),
        bag,
        bag_tone,
        Material((0.1, 0.08, 0.08), 0.75),
    )


def _sample_cloth(rng: np.random.Generator) -> tuple[Material, Material]:
    """A cloth's two tones, well apart in each spectrum."""
    base, tone = _sample_color(rng), _sample_color(rng)
    while max(abs(a - b) for a, b in zip(base, tone, strict=True)) < 0.35:
        tone = _sample_color(rng)
    warm = rng.uniform(0.28, 0.8)
    gap = rng.uniform(0.25, 0.4)
    other = warm + gap if warm + gap < 0.85 and rng.random() < 0.5 else None
    if other is None:
        other = warm - gap if warm - gap > 0.12 else warm + gap
    return Material(base, warm), Material(tone, other)


def _sample_color(
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """A garment's reflectance: any hue, mostly moderate saturation."""
    hue = rng.uniform(0, 2 * math.pi)
    saturation = rng.beta(1.3, 1.6)
    value = rng.uniform(0.15, 0.95)
    shift = (0.0, 2 * math.pi / 3, 4 * math.pi / 3)
    return tuple(
        value * (1 - saturation * (0.5 - 0.5 * math.cos(hue + s)))
        for s in shift
    )
