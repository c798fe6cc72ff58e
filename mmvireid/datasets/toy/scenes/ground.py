"""Where people stand in a scene and how large they look there."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..background import paint_scene
from ..camera import Camera, sample_camera

GROUND_STREAM = 32452843
"""Keeps the generators of grounds apart from those of other things."""

CROP_HEIGHT = 144
"""Image height for which cameras' blur is given, pixels."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A camera with the floor that it looks at.

    A person's standing height grows linearly from the wall to the lower
    edge of the image, as perspective has it.

    Args:
        camera (Camera): The camera; its picture is the empty scene.
        wall (float): Where the floor begins, pixels from above.
        far (float): Height of a person at the wall, pixels.
        near (float): Height of a person at the lower edge, pixels.
    """

    camera: Camera
    wall: float
    far: float
    near: float

    @property
    def size(self) -> tuple[int, int]:
        """tuple[int, int]: Height and width of the scene, pixels."""
        return self.camera.scene.shape[:2]

    def height_at(self, y: float) -> float:
        """Return the standing height of a person.

        Args:
            y (float): Where the person stands, pixels from above; more than
                the image's height is before its lower edge.
        """
        along = (y - self.wall) / (self.size[0] - self.wall)
        return self.far + (self.near - self.far) * along


@lru_cache(maxsize=32)
def sample_ground(
    seed: int, cam_id: int, modality: int, size: tuple[int, int]
) -> Ground:
    """Draw a camera and its floor.

    Args:
        seed (int): Seed of the data set.
        cam_id (int): Number of the camera.
        modality (int): 0 visible, 1 infrared.
        size (tuple[int, int]): Height and width of its scenes, pixels.

    Returns:
        Ground: The same arguments give the same one.
    """
    rng = np.random.default_rng([seed, cam_id, modality, GROUND_STREAM])
    camera = sample_camera(seed, cam_id, modality)
    wall = rng.uniform(0.32, 0.46)
    scene = paint_scene(rng, modality, size, wall)
    scene.flags.writeable = False
    # as sharp as a crop of a person, however large the scene
    camera = replace(
        camera, scene=scene, blur=camera.blur * CROP_HEIGHT / size[0]
    )
    return Ground(
        camera=camera,
        wall=wall * size[0],
        far=rng.uniform(0.2, 0.28) * size[0],
        near=rng.uniform(0.62, 0.85) * size[0],
    )
