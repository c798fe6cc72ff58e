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
    return _Composer(seed, plan, size, dyed).compose()


class _Composer:
    """Puts the people of a scene in place, the nearest first.

    Args:
        seed (int): Seed of the data set.
        plan (ScenePlan): Who is to be seen by which camera.
        size (tuple[int, int]): Height and width, pixels.
        dyed (bool): Whether clothes are dyed anew.
    """

    def __init__(
        self, seed: int, plan: ScenePlan, size: tuple[int, int], dyed: bool
    ) -> None:
        self.seed, self.plan, self.dyed = seed, plan, dyed
        self.rng = np.random.default_rng([seed, plan.index, SCENE_STREAM])
        self.ground = sample_ground(seed, plan.cam_id, plan.modality, size)
        self.taken = np.zeros(size, dtype=bool)

    def compose(self) -> SceneView:
        """Render the scene."""
        pids = self.plan.pids
        feet = _sample_feet(self.rng, self.ground, len(pids))
        figures = [
            figure
            for pid, foot in zip(pids, feet, strict=True)
            if (figure := self._draw(pid, foot)) is not None
        ]
        camera = self.ground.camera
        image = camera.scene.astype(np.float32)
        for figure in reversed(figures):
            _paint(image, figure, self.plan.modality)
        grain = noise_patch(self.rng, image.shape[:2], sigma=2.0)
        image *= 1 + 0.035 * grain[..., None]
        return SceneView(
            camera.develop(image, self.rng),
            tuple(figure.sighting for figure in figures),
        )

    def _draw(self, pid: int, foot: tuple[float, float]) -> _Figure | None:
        """Draw a person behind those drawn before; None if hardly seen."""
        tall = self.ground.height_at(foot[1])
        # room for strides, bags and hats
        canvas = (math.ceil(1.15 * tall), math.ceil(1.1 * tall))
        corner = (
            math.floor(foot[0] - canvas[1] / 2),
            math.floor(foot[1] - 0.96 * canvas[0]),
        )
        place = (foot[0] - corner[0], foot[1] - corner[1])
        layer = self._render(pid, canvas, tall, place)
        whole = int((layer.alpha > 0.5).sum())
        layer, corner = _cut(layer, corner, self.ground.size)
        inside = layer.alpha[..., 0] > 0.5
        height, width = inside.shape
        left, top = corner
        around = self.taken[top : top + height, left : left + width]
        visible = float((inside & ~around).sum()) / whole
        if visible < LEAST_VISIBLE:
            return None
        around |= inside
        x, y, *extent = cv2.boundingRect(inside.astype(np.uint8))
        box = (left + x, top + y, *extent)
        return _Figure(layer, corner, foot, tall, Sighting(pid, box, visible))

    def _render(
        self,
        pid: int,
        canvas: tuple[int, int],
        tall: float,
        foot: tuple[float, float],
    ) -> Layer:
        """Draw the whole person on a canvas of its own."""
        identity = sample_identity(self.seed, pid)
        if self.dyed:
            identity = redress(identity, self.seed, self.plan.cam_id)
        camera = self.ground.camera
        return render_figure(
            identity,
            sample_pose(self.rng, camera.yaw, camera.yaw_spread),
            self.plan.modality,
            canvas,
            tall,
            foot,
            light=camera.light,
            heat=sample_heat(self.rng),
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
