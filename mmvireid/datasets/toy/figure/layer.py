"""A person as a picture with transparency, in either spectrum."""

from dataclasses import dataclass

import cv2
import numpy as np

from ..identity import INFRARED, VISIBLE, Identity, Part
from ..pose import Pose
from .dresser import Dresser
from .painter import Painter


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
    heat: np.ndarray | None = None,
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
        heat (np.ndarray | None): (number of parts,) how much warmer each
            part is than usual, -1..1. Infrared only.

    Returns:
        Layer: The picture, without noise or blur.
    """
    painter = Painter(size, height, (foot[0], foot[1] - height))
    Dresser(painter, identity, pose).draw()
    palette = identity.palette(modality)
    if modality == INFRARED and heat is not None:
        warmer = palette + 255 * heat[:, None]
        palette = np.clip(warmer, 1, 255).astype(np.uint8)
        palette[Part.NOTHING] = 0
    nothing = int(Part.NOTHING)
    _, inside = cv2.threshold(painter.labels, nothing, 255, cv2.THRESH_BINARY)
    color = _shrink(_colorize(painter.labels, palette), size)
    alpha = _shrink(inside, size)
    across = _shrink(cv2.bitwise_and(painter.across, inside), size)
    # Smoothed within the person: nothing around it mixes in.
    across = cv2.divide(
        cv2.blur(across, (3, 3)), cv2.blur(alpha, (3, 3)), scale=255
    )
    shade = _shading(modality, light)[across]
    return Layer(
        color=color.reshape(*size, -1) * shade[..., None],
        alpha=alpha[..., None] * np.float32(1 / 255),
    )


def _colorize(labels: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Look labels up in a palette, (H, W) to (H, W, C)."""
    channels = palette.shape[1]
    table = np.zeros((256, 1, channels), np.uint8)
    table[: len(palette), 0] = palette
    return cv2.LUT(cv2.merge([labels] * channels), table)


def _shrink(canvas: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(canvas, size[::-1], interpolation=cv2.INTER_AREA)


def _shading(modality: int, light: float) -> np.ndarray:
    """Brightness by position across a part, (256,) float32."""
    across = np.linspace(-1, 1, 256, dtype=np.float32)
    if modality == VISIBLE:
        return 1 - 0.22 * across**2 + 0.3 * light * across
    return 1 - 0.28 * across**2
