"""One cropped image of one person, as a ReID data set has it."""

import numpy as np

from .background import scene_window
from .camera import Camera, sample_camera
from .figure import render_figure
from .identity import Identity
from .noise import noise_patch
from .population import sample_heat, sample_identity
from .pose import sample_pose

OCCLUSION = 0.1
"""Share of images in which something stands before the person."""


def render_crop(
    seed: int,
    pid: int,
    cam_id: int,
    modality: int,
    index: int,
    size: tuple[int, int],
) -> np.ndarray:
    """Render an image; it depends on nothing but the arguments.

    Args:
        seed (int): Seed of the data set.
        pid (int): Number of the person.
        cam_id (int): Number of the camera.
        modality (int): 0 visible, 1 infrared.
        index (int): Number of the image of this person by this camera.
        size (tuple[int, int]): Height and width, pixels.

    Returns:
        np.ndarray: (H, W, 3) uint8 BGR; equal channels in infrared.
    """
    rng = np.random.default_rng([seed, pid, cam_id, modality, index])
    identity = sample_identity(seed, pid)
    camera = sample_camera(seed, cam_id, modality)
    return compose_crop(identity, camera, rng, size)


def compose_crop(
    identity: Identity,
    camera: Camera,
    rng: np.random.Generator,
    size: tuple[int, int],
) -> np.ndarray:
    """Render a person before a camera's background.

    Args:
        identity (Identity): The person.
        camera (Camera): The camera.
        rng (np.random.Generator): Source of pose, crop, light and noise.
        size (tuple[int, int]): Height and width, pixels.

    Returns:
        np.ndarray: (H, W, 3) uint8 BGR; equal channels in infrared.
    """
    height, width = size
    pose = sample_pose(rng, camera.yaw, camera.yaw_spread)
    draw = rng.random(4)
    tall = height * (0.85 + 0.11 * draw[0])
    foot = (
        width * (0.5 + 0.1 * (draw[1] - 0.5)),
        height * (0.985 - 0.035 * draw[2]),
    )
    layer = render_figure(
        identity,
        pose,
        camera.modality,
        size,
        tall,
        foot,
        light=camera.light,
        heat=sample_heat(rng),
    )
    image = layer.over(scene_window(rng, camera.scene, size))
    image *= 1 + 0.035 * noise_patch(rng, size, sigma=2.0)[..., None]
    if draw[3] < OCCLUSION:
        _occlude(image, camera, rng)
    return camera.develop(image, rng)


def _occlude(
    image: np.ndarray, camera: Camera, rng: np.random.Generator
) -> None:
    """Put a piece of the surroundings before the person, in place."""
    height, width = image.shape[:2]
    piece = scene_window(rng, camera.scene, (height, width))
    share = rng.uniform(0.12, 0.35)
    if rng.random() < 0.5:
        top = int(height * (1 - share))
        image[top:] = 0.8 * piece[top:]
    elif rng.random() < 0.5:
        edge = int(width * share)
        image[:, :edge] = 0.8 * piece[:, :edge]
    else:
        edge = int(width * (1 - share))
        image[:, edge:] = 0.8 * piece[:, edge:]
