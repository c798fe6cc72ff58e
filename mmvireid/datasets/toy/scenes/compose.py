"""Renders one scene with everyone who is in it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..figure import Layer, render_figure
from ..identity import VISIBLE
from ..noise import noise_patch
from ..population import redress, sample_heat, sample_identity
from ..pose import sample_pose
from .ground import Ground, sample_ground
from .plan import ScenePlan

SCENE_STREAM = 86028121
"""Keeps the generators of scenes apart from those of other things."""

LEAST_VISIBLE = 0.35
"""A person of whom a smaller share could be seen is not in the scene."""

CROWD = 0.35
"""Share of scenes whose people stand close to one another."""


@dataclass(frozen=True)
class Sighting:
    """A person as a scene shows it.

    Args:
        pid (int): Number of the person.
        box (tuple[int, int, int, int]): Left, top, width and height of the
            whole figure, hidden parts too, but within the image. Pixels.
        visible (float): Share of the figure that can be seen, in (0, 1].
    """

    pid: int
    box: tuple[int, int, int, int]
    visible: float


@dataclass(frozen=True, eq=False)
class SceneView:
    """A rendered scene.

    Args:
        image (np.ndarray): ``(H, W, 3)`` uint8 BGR, equal channels in
            infrared.
        sightings (tuple[Sighting, ...]): Who is seen, nearest first.
    """

    image: np.ndarray
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, eq=False)
class _Figure:
    """A drawn person: the part within the image, and how it is seen."""

    layer: Layer
    corner: tuple[int, int]
    foot: tuple[float, float]
    tall: float
    sighting: Sighting


def render_scene(
    seed: int, plan: ScenePlan, size: tuple[int, int], dyed: bool = False
) -> SceneView:
    """Render a scene; it depends on nothing but the arguments.

    Who would be hidden or cut off too much (:data:`LEAST_VISIBLE`) is left
    out.

    Args:
        seed (int): Seed of the data set.
        plan (ScenePlan): Who is to be seen by which camera.
        size (tuple[int, int]): Height and width, pixels.
        dyed (bool): Whether clothes have other colours before each camera,
            so that shape alone tells people apart. Defaults to False.

    Returns:
        SceneView: The image and who is seen where.
    """
    rng = np.random.default_rng([seed, plan.index, SCENE_STREAM])
    ground = sample_ground(seed, plan.cam_id, plan.modality, size)
    taken = np.zeros(size, dtype=bool)
    figures = []
    for pid, foot in zip(
        plan.pids, _sample_feet(rng, ground, len(plan.pids)), strict=True
    ):
        figure = _draw(rng, seed, pid, plan, ground, foot, taken, dyed)
        if figure is not None:
            figures.append(figure)
    image = ground.camera.scene.astype(np.float32)
    for figure in reversed(figures):
        _paint(image, figure, plan.modality)
    image *= 1 + 0.035 * noise_patch(rng, size, sigma=2.0)[..., None]
    return SceneView(
        ground.camera.develop(image, rng),
        tuple(figure.sighting for figure in figures),
    )


def _sample_feet(
    rng: np.random.Generator, ground: Ground, count: int
) -> list[tuple[float, float]]:
    """Draw where people stand, nearest first; ``(x, y)`` in pixels."""
    height, width = ground.size
    # the nearest may stand before the lower edge, with their feet cut off
    low, high = ground.wall + 0.04 * height, 1.06 * height
    x = rng.uniform(0.02, 0.98, count) * width
    y = rng.uniform(low, high, count)
    if rng.random() < CROWD:
        middle, depth = rng.uniform(0.25, 0.75), rng.uniform(0.2, 0.9)
        center = low + depth * (high - low)
        step = 0.16 * ground.height_at(center)
        x = middle * width + step * count * rng.uniform(-1, 1, count)
        y = center + 0.25 * step * count * rng.uniform(-1, 1, count)
        x, y = x.clip(0.02 * width, 0.98 * width), y.clip(low, high)
    nearest = np.argsort(-y)
    return list(zip(x[nearest].tolist(), y[nearest].tolist(), strict=True))


def _draw(
    rng: np.random.Generator,
    seed: int,
    pid: int,
    plan: ScenePlan,
    ground: Ground,
    foot: tuple[float, float],
    taken: np.ndarray,
    dyed: bool,
) -> _Figure | None:
    """Draw a person behind those drawn before; None if hardly seen.

    Args:
        rng (np.random.Generator): Source of pose and heat.
        seed (int): Seed of the data set.
        pid (int): Number of the person.
        plan (ScenePlan): Camera and spectrum.
        ground (Ground): The floor.
        foot (tuple[float, float]): Where the person stands.
        taken (np.ndarray): ``(H, W)`` what is covered; changed in place if
            the person is seen.
        dyed (bool): Whether clothes are dyed anew.
    """
    identity = sample_identity(seed, pid)
    if dyed:
        identity = redress(identity, seed, plan.cam_id)
    camera = ground.camera
    tall = ground.height_at(foot[1])
    canvas = (math.ceil(1.15 * tall), math.ceil(1.1 * tall))
    origin = (foot[0] - canvas[1] / 2, foot[1] - 0.96 * canvas[0])
    corner = (math.floor(origin[0]), math.floor(origin[1]))
    layer = render_figure(
        identity,
        sample_pose(rng, camera.yaw, camera.yaw_spread),
        plan.modality,
        canvas,
        tall,
        (foot[0] - corner[0], foot[1] - corner[1]),
        light=camera.light,
        heat=sample_heat(rng),
    )
    whole = int((layer.alpha > 0.5).sum())
    layer, corner = _cut(layer, corner, ground.size)
    inside = layer.alpha[..., 0] > 0.5
    if not inside.any():
        return None
    rows = slice(corner[1], corner[1] + inside.shape[0])
    columns = slice(corner[0], corner[0] + inside.shape[1])
    seen = inside & ~taken[rows, columns]
    visible = float(seen.sum()) / whole
    if visible < LEAST_VISIBLE:
        return None
    taken[rows, columns] |= inside
    left, top, width, height = cv2.boundingRect(inside.astype(np.uint8))
    box = (corner[0] + left, corner[1] + top, width, height)
    return _Figure(layer, corner, foot, tall, Sighting(pid, box, visible))


def _cut(
    layer: Layer, corner: tuple[int, int], size: tuple[int, int]
) -> tuple[Layer, tuple[int, int]]:
    """Cut off what falls outside of the image."""
    x, y = corner
    height, width = layer.alpha.shape[:2]
    rows = slice(max(0, -y), max(0, min(height, size[0] - y)))
    columns = slice(max(0, -x), max(0, min(width, size[1] - x)))
    cut = Layer(layer.color[rows, columns], layer.alpha[rows, columns])
    return cut, (max(0, x), max(0, y))


def _paint(image: np.ndarray, figure: _Figure, modality: int) -> None:
    """Lay a figure over the image, in place."""
    if modality == VISIBLE:
        _shade(image, figure)
    x, y = figure.corner
    height, width = figure.layer.alpha.shape[:2]
    part = image[y : y + height, x : x + width]
    part[:] = figure.layer.over(part)


def _shade(image: np.ndarray, figure: _Figure) -> None:
    """Darken the floor around the feet, in place."""
    center = (round(figure.foot[0]), round(figure.foot[1]))
    axes = (
        max(2, round(0.15 * figure.tall)),
        max(1, round(0.03 * figure.tall)),
    )
    shade = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(shade, center, axes, 0, 0, 360, 90, -1)
    left, top, width, height = cv2.boundingRect(shade)
    part = (slice(top, top + height), slice(left, left + width))
    image[part] *= 1 - shade[part][..., None] * np.float32(1 / 255)
