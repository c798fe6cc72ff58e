"""Draws people at random.

Shape, layout and pattern are what the two spectra share. Each material's
reflectance (visible) and emission (infrared) are drawn independently, so
neither colour nor brightness says anything about the other spectrum.
"""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from .identity import (
    BAGS,
    BOTTOMS,
    HAIRS,
    HATS,
    PATTERNS,
    Body,
    Gait,
    Identity,
    Material,
    Part,
    Pattern,
    Wardrobe,
)

IDENTITY_STREAM = 7919
"""Keeps the generators of identities apart from those of images."""

DYE_STREAM = 15485863
"""Keeps the generators of colours apart from those of images."""

_WARMED = (
    (Part.TOP, Part.TOP_TONE),
    (Part.BOTTOM, Part.BOTTOM_TONE),
    (Part.COAT, Part.COAT_TONE),
    (Part.BAG, Part.BAG_TONE),
    (Part.HAIR,),
    (Part.HAT,),
    (Part.SHOE,),
)
"""Parts that warm up together."""

_LEAST_CONTRAST = 0.36
"""Least difference of brightness between a cloth's two tones, 0..1."""


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


@lru_cache(maxsize=16384)
def redress(identity: Identity, seed: int, cam_id: int) -> Identity:
    """Dye what a person wears, as on the day a camera met the person.

    Cut, pattern, skin and hair stay, so that shape tells people apart and
    colour misleads even within one spectrum.

    Args:
        identity (Identity): The person.
        seed (int): Seed of the data set.
        cam_id (int): Number of the camera.

    Returns:
        Identity: The same person in other colours and fabrics.
    """
    rng = np.random.default_rng([seed, identity.pid, cam_id, DYE_STREAM])
    old, new = identity.materials, _sample_materials(rng)
    kept = (Part.NOTHING, Part.SKIN, Part.HAIR, Part.EYE)
    materials = tuple(old[p] if p in kept else new[p] for p in Part)
    return replace(identity, materials=materials)


def sample_heat(rng: np.random.Generator) -> np.ndarray:
    """Draw how warm sun, wind and walking have made what is worn.

    Both tones of a cloth warm up alike, so patterns stay and brightness
    does not tell people apart. Skin keeps its temperature.

    Args:
        rng (np.random.Generator): Source of randomness.

    Returns:
        np.ndarray: (number of parts,) differences of the infrared
        intensity, -1..1.
    """
    heat = np.zeros(len(Part))
    for parts in _WARMED:
        heat[list(parts)] = rng.uniform(-0.15, 0.15)
    return heat


def _sample_body(rng: np.random.Generator) -> Body:
    build = rng.uniform(0.75, 1.4)
    return Body(
        head=rng.uniform(0.118, 0.155),
        head_width=rng.uniform(0.68, 0.8),
        shoulder=rng.uniform(0.092, 0.135) * math.sqrt(build),
        waist=rng.uniform(0.06, 0.1) * build,
        hip=rng.uniform(0.072, 0.11) * math.sqrt(build),
        depth=rng.uniform(0.06, 0.082) * build,
        leg=rng.uniform(0.43, 0.55),
        arm=rng.uniform(0.31, 0.36),
        arm_width=rng.uniform(0.02, 0.027) * build,
        thigh_width=rng.uniform(0.042, 0.052) * build,
        calf_width=rng.uniform(0.024, 0.032) * build,
    )


def _sample_gait(rng: np.random.Generator) -> Gait:
    return Gait(
        stride=rng.uniform(0.4, 0.62),
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
        count=int(rng.integers(2, 6)),
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
        top=_sample_pattern(rng, plain=0.04),
        sleeve=float(
            rng.choice((0.0, 0.4, 0.65, 1.0), p=(0.1, 0.35, 0.1, 0.45))
        ),
        sleeve_contrast=bool(rng.random() < 0.25),
        hem=rng.uniform(0.92, 1.12),
        bottom=bottom,
        bottom_length=length,
        bottom_width=rng.uniform(0.95, 1.8),
        bottom_pattern=_sample_pattern(rng, plain=0.35),
        coat=bool(rng.random() < 0.25),
        coat_length=rng.uniform(1.05, 1.75),
        coat_gap=float(rng.choice((0.0, 0.35, 0.6))),
        coat_flare=rng.uniform(1.0, 1.55),
        coat_pattern=_sample_pattern(rng, plain=0.35),
        boot=float(rng.choice((0.0, 0.0, 0.35, 0.7))),
        hair=str(rng.choice(HAIRS, p=(0.08, 0.32, 0.15, 0.2, 0.15, 0.1))),
        hair_length=rng.uniform(0.7, 1.5),
        hat=str(rng.choice(HATS, p=(0.75, 0.13, 0.12))),
        bag=str(rng.choice(BAGS, p=(0.35, 0.25, 0.2, 0.2))),
        bag_size=rng.uniform(0.9, 1.45),
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
        Material((0.35 * hair, 0.6 * hair, hair), rng.uniform(0.4, 0.62)),
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
    while abs(sum(base) - sum(tone)) < 3 * _LEAST_CONTRAST:
        base, tone = _sample_color(rng), _sample_color(rng)
    gap = rng.uniform(_LEAST_CONTRAST, 0.5)
    cool = rng.uniform(0.1, 0.88 - gap)
    heat = (cool, cool + gap) if rng.random() < 0.5 else (cool + gap, cool)
    return Material(base, heat[0]), Material(tone, heat[1])


def _sample_color(
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """A garment's reflectance: any hue, mostly muted."""
    hue = rng.uniform(0, 2 * math.pi)
    saturation = rng.beta(1.0, 3.0)
    value = rng.uniform(0.12, 0.95)
    shift = (0.0, 2 * math.pi / 3, 4 * math.pi / 3)
    return tuple(
        value * (1 - saturation * (0.5 - 0.5 * math.cos(hue + s)))
        for s in shift
    )
