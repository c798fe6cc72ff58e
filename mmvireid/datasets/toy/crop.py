"""One cropped image of one person, as a ReID data set has it."""

from collections.abc import Mapping, Sequence

import numpy as np

from .background import scene_window
from .camera import Camera, sample_camera
from .figure import render_figure
from .identity import Identity
from .noise import noise_patch
from .population import redress, sample_heat, sample_identity
from .pose import sample_pose

OCCLUSION = 0.06
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
    identity = redress(sample_identity(seed, pid), seed, cam_id)
    camera = sample_camera(seed, cam_id, modality)
    return compose_crop(identity, camera, rng, size)


def contact_sheet(
    seed: int,
    pids: Sequence[int],
    cameras: Mapping[int, int],
    images: int = 3,
    size: tuple[int, int] = (144, 72),
) -> np.ndarray:
    """Look at a data set: a row for each person, cameras side by side.

    Args:
        seed (int): Seed of the data set.
        pids (Sequence[int]): Numbers of the people.
        cameras (Mapping[int, int]): Modality of each camera, by its number.
        images (int): Images by each camera.
        size (tuple[int, int]): Height and width of an image, pixels.

    Returns:
        np.ndarray: (len(pids) * H, len(cameras) * images * W, 3) uint8 BGR.
    """
    return np.vstack(
        [
            np.hstack(
                [
                    render_crop(seed, pid, cam_id, modality, index, size)
                    for cam_id, modality in cameras.items()
                    for index in range(1, images + 1)
                ]
            )
            for pid in pids
        ]
    )


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
    tall = height * (0.87 + 0.08 * draw[0])
    foot = (
        width * (0.5 + 0.06 * (draw[1] - 0.5)),
        height * (0.985 - 0.02 * draw[2]),
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
