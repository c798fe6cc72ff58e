"""What a camera does to everyone it sees: place, light, optics, sensor."""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from .background import paint_scene
from .identity import INFRARED, VISIBLE
from .noise import noise_patch

CAMERA_STREAM = 104729
"""Keeps the generators of cameras apart from those of images."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera and its place.

    Args:
        modality (int): 0 visible, 1 infrared.
        scene (np.ndarray): (H, W, C) uint8 surroundings; C is 3 for
            visible, 1 for infrared.
        yaw (float): Centre of the viewpoints it sees, radians.
        yaw_spread (float): Half width of their range, radians.
        light (float): Where the light comes from, -1 left to 1 right.
        balance (tuple[float, ...]): Gain of each channel.
        gamma (float): Exponent of the sensor's response.
        haze (float): Share of a flat grey over everything, 0..1.
        blur (float): Deviation of the optics' blur, in hundredths of the
            image height.
        noise (float): Deviation of the sensor's noise, 0..255 units.
    """

    modality: int
    scene: np.ndarray
    yaw: float
    yaw_spread: float
    light: float
    balance: tuple[float, ...]
    gamma: float
    haze: float
    blur: float
    noise: float

    def develop(
        self, image: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Turn a clean picture into what this camera records of it.

        Args:
            image (np.ndarray): (H, W, C) float32, 0..255.
            rng (np.random.Generator): Source of the image's own variation.

        Returns:
            np.ndarray: (H, W, 3) uint8 BGR, equal channels in infrared.
        """
        draw = rng.random(7)
        size = image.shape[:2]
        blur = self.blur * size[0] / 100 * (0.5 + draw[0])
        if blur > 0.25:
            image = cv2.GaussianBlur(image, (0, 0), blur)
            image = image.reshape(*size, -1)
        noise = noise_patch(rng, size) * (self.noise * (0.6 + 0.8 * draw[1]))
        exposure, offset = 0.75 + 0.5 * draw[2], 16 * (draw[3] - 0.5)
        image = np.clip(image + noise[..., None], 0, 255).astype(np.uint8)
        if self.modality == INFRARED:
            gray = cv2.LUT(image, self._response(exposure, offset))
            return cv2.merge([gray.reshape(size)] * 3)
        # The colour of the light drifts from image to image.
        tint = 0.93 + 0.14 * draw[4:]
        return cv2.LUT(image, self._response(exposure * tint, offset))

    def _response(self, gain: float | np.ndarray, offset: float) -> np.ndarray:
        """The sensor's table, (256, 1, C) uint8."""
        level = np.linspace(0, 1, 256)[:, None] ** self.gamma
        level = level * (np.array(self.balance) * gain)
        level = (1 - self.haze) * level + self.haze * 0.6
        table = np.clip(level * 255 + offset, 0, 255).astype(np.uint8)
        return table[:, None]


@lru_cache(maxsize=64)
def sample_camera(seed: int, cam_id: int, modality: int) -> Camera:
    """Draw a camera.

    Args:
        seed (int): Seed of the whole data set.
        cam_id (int): Number of the camera.
        modality (int): 0 visible, 1 infrared; a place seen in both spectra
            has two cameras of one number.

    Returns:
        Camera: The camera; the same arguments give the same one.
    """
    rng = np.random.default_rng([seed, cam_id, modality, CAMERA_STREAM])
    scene = paint_scene(rng, modality)
    scene.flags.writeable = False
    if modality == VISIBLE:
        balance = tuple(rng.uniform(0.84, 1.14, 3))
    else:
        balance = (rng.uniform(0.8, 1.1),)
    return Camera(
        modality=modality,
        scene=scene,
        yaw=rng.uniform(-0.45, 0.45),
        yaw_spread=math.radians(rng.uniform(18, 36)),
        light=rng.uniform(-1, 1),
        balance=balance,
        gamma=rng.uniform(0.8, 1.2),
        haze=rng.uniform(0.0, 0.12),
        blur=rng.uniform(0.15, 0.4),
        noise=rng.uniform(1.5, 4.5),
    )
