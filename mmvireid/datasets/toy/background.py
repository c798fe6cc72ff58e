"""The place a camera looks at, in the camera's own spectrum."""

import cv2
import numpy as np

from .identity import INFRARED

HORIZON = 0.62
"""Where the wall meets the floor, as a share of the scene's height."""

SCENE_SIZE = (256, 640)
"""Height and width of the stored scene of a camera, pixels."""


def paint_scene(
    rng: np.random.Generator,
    modality: int,
    size: tuple[int, int] = SCENE_SIZE,
    horizon: float = HORIZON,
) -> np.ndarray:
    """Paint a camera's surroundings: wall, floor, openings, poles.

    Args:
        rng (np.random.Generator): Source of randomness.
        modality (int): 0 visible, 1 infrared.
        size (tuple[int, int]): Height and width, pixels.
        horizon (float): Where the wall meets the floor, as a share of the
            height.

    Returns:
        np.ndarray: (H, W, C) uint8, C is 3 (BGR) for visible, 1 for
        infrared.
    """
    height, width = size
    scene = np.empty((height, width, 3), np.uint8)
    horizon = int(height * horizon)
    scene[:horizon] = _tone(rng, modality)
    scene[horizon:] = _tone(rng, modality)
    _texture_wall(rng, scene, horizon, modality)
    _texture_floor(rng, scene, horizon, modality)
    for _ in range(rng.integers(3, 8)):
        _place_object(rng, scene, horizon, modality)
    smooth = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.8, 1.8))
    grain = rng.normal(0, 5, (height // 4, width // 4)).astype(np.float32)
    grain = cv2.resize(grain, (width, height))[..., None]
    scene = np.clip(smooth + grain, 0, 255).astype(np.uint8)
    return scene[..., :1].copy() if modality == INFRARED else scene


def _tone(
    rng: np.random.Generator, modality: int, low: float = 70, high: float = 200
) -> tuple[int, ...]:
    """A surface's value: muted colour, or the grey of its temperature."""
    if modality == INFRARED:
        return (int(rng.uniform(8, 70)),) * 3
    base = rng.uniform(low, high)
    return tuple(
        int(v) for v in np.clip(base * rng.uniform(0.85, 1.15, 3), 0, 255)
    )


def _texture_wall(
    rng: np.random.Generator, scene: np.ndarray, horizon: int, modality: int
) -> None:
    """Courses of bricks or panels, or nothing."""
    line = _tone(rng, modality)
    step = int(rng.integers(12, 60))
    kind = rng.integers(3)
    if kind == 0:
        for y in range(0, horizon, step):
            cv2.line(scene, (0, y), (scene.shape[1], y), line, 1)
    if kind <= 1:
        for x in range(0, scene.shape[1], 2 * step):
            cv2.line(scene, (x, 0), (x, horizon), line, 1)


def _texture_floor(
    rng: np.random.Generator, scene: np.ndarray, horizon: int, modality: int
) -> None:
    """Joints between slabs, running towards the horizon."""
    height, width = scene.shape[:2]
    line = _tone(rng, modality)
    for x in range(-width, 2 * width, int(rng.integers(50, 140))):
        start = ((x + width // 2) // 2, horizon)
        cv2.line(scene, start, (x, height), line, 1, cv2.LINE_AA)
    y = float(horizon)
    gap = rng.uniform(4, 9)
    while y < height:
        cv2.line(scene, (0, int(y)), (width, int(y)), line, 1)
        y += gap
        gap *= 1.6


def _place_object(
    rng: np.random.Generator, scene: np.ndarray, horizon: int, modality: int
) -> None:
    """A door, window, pole, box or bush."""
    tone = _tone(rng, modality)
    x = int(rng.integers(0, scene.shape[1]))
    kind = rng.choice(('door', 'window', 'pole', 'box', 'bush'))
    if kind == 'door':
        width, tall = rng.integers((25, 90), (60, 140))
        cv2.rectangle(
            scene, (x, horizon - tall), (x + width, horizon), tone, -1
        )
        cv2.rectangle(
            scene,
            (x, horizon - tall),
            (x + width, horizon),
            _tone(rng, modality),
            2,
        )
    elif kind == 'window':
        y, width, tall = rng.integers((5, 25, 25), (60, 80, 60))
        cv2.rectangle(scene, (x, y), (x + width, y + tall), tone, -1)
        cv2.line(
            scene,
            (x + width // 2, y),
            (x + width // 2, y + tall),
            _tone(rng, modality),
            2,
        )
    elif kind == 'pole':
        low = int(rng.integers(horizon, scene.shape[0]))
        cv2.line(scene, (x, 0), (x, low), tone, int(rng.integers(2, 8)))
    elif kind == 'box':
        width, tall = rng.integers((15, 15), (60, 60))
        low = int(rng.integers(horizon, horizon + 60))
        cv2.rectangle(scene, (x, low - tall), (x + width, low), tone, -1)
    else:
        for dx, dy in rng.integers(-22, 22, (14, 2)):
            center = (x + int(dx), horizon + int(dy) // 2)
            shade = tuple(int(v * rng.uniform(0.7, 1.1)) for v in tone)
            cv2.circle(scene, center, int(rng.integers(6, 16)), shade, -1)


def scene_window(
    rng: np.random.Generator, scene: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """Cut the background of one image out of a scene.

    Args:
        rng (np.random.Generator): Chooses the window.
        scene (np.ndarray): (H, W, C) uint8.
        size (tuple[int, int]): Height and width of the window, pixels.

    Returns:
        np.ndarray: (height, width, C) float32, 0..255.
    """
    full, long = scene.shape[:2]
    tall = int(rng.uniform(0.55, 1.0) * full)
    wide = min(long, max(1, tall * size[1] // size[0]))
    # The lower end of the window stays on the floor.
    low = rng.integers(max(tall, int(0.85 * full)), full + 1)
    x = int(rng.integers(0, long - wide + 1))
    window = scene[low - tall : low, x : x + wide]
    if rng.random() < 0.5:
        window = window[:, ::-1]
    window = cv2.resize(window, size[::-1], interpolation=cv2.INTER_LINEAR)
    return window.reshape(*size, -1).astype(np.float32)
