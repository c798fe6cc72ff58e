"""A person as a picture with transparency, in either spectrum."""

from dataclasses import dataclass

import cv2
import numpy as np

from .dresser import Dresser
from .identity import VISIBLE, Identity
from .painter import Painter
from .pose import Pose


@dataclass(frozen=True)
class Layer:
    """A picture to be laid over a background.

    Args:
        color (np.ndarray): (H, W, C) float32, 0..255, multiplied by
            ``alpha``; C is 3 (BGR) for visible, 1 for infrared.
        alpha (np.ndarray): (H, W, 1) float32, 0..1.
    """

    color: np.ndarray
    alpha: np.ndarray

    def over(self, background: np.ndarray) -> np.ndarray:
        """Lay it over a background.

        Args:
            background (np.ndarray): (H, W, C) float32, 0..255.

        Returns:
            np.ndarray: (H, W, C) float32.
        """
        return background * (1 - self.alpha) + self.color


def render_figure(
    identity: Identity,
    pose: Pose,
    modality: int,
    size: tuple[int, int],
    height: float,
    foot: tuple[float, float],
    light: float = 0.0,
) -> Layer:
    """Draw a person.

    Args:
        identity (Identity): The person.
        pose (Pose): The pose.
        modality (int): 0 visible, 1 infrared.
        size (tuple[int, int]): Height and width of the picture, pixels.
        height (float): Standing height of the person, pixels.
        foot (tuple[float, float]): Where the person stands, (x, y) in
            pixels; what falls outside of the picture is cut.
        light (float): Where the light comes from, -1 left to 1 right.
            Visible only: bodies glow from within in infrared.

    Returns:
        Layer: The picture, without noise or blur.
    """
    painter = Painter(size, height, (foot[0], foot[1] - height))
    Dresser(painter, identity, pose).draw()
    labels = painter.labels
    palette = identity.palette(modality)
    height_px, width_px = size
    color = cv2.resize(
        palette[labels],
        (width_px, height_px),
        interpolation=cv2.INTER_AREA,
    ).reshape(height_px, width_px, -1)
    alpha = cv2.resize(
        np.minimum(labels, 1) * np.uint8(255),
        (width_px, height_px),
        interpolation=cv2.INTER_AREA,
    )
    across = cv2.resize(
        painter.across, (width_px, height_px), interpolation=cv2.INTER_AREA
    )
    across = cv2.blur(across, (3, 3))
    shade = _shading(modality, light)[across][..., None]
    return Layer(
        color=color * shade,
        alpha=alpha[..., None] * np.float32(1 / 255),
    )


def _shading(modality: int, light: float) -> np.ndarray:
    """Brightness by position across a part, (256,) float32."""
    across = np.linspace(-1, 1, 256, dtype=np.float32)
    if modality == VISIBLE:
        return 1 - 0.22 * across**2 + 0.3 * light * across
    return 1 - 0.28 * across**2
