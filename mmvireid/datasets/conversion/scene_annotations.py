"""Scenes with boxes and persons, and their file of annotations."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mmengine.logging import print_log
from PIL import ExifTags, Image

from mmvireid.utils.atomic import write_atomically

UNKNOWN = -1
"""The person of a box that nobody has identified."""

FIRST_UNKNOWN = 5555
"""The lowest number that an unidentified person gets, by custom."""

ON_ITS_SIDE = 5
"""From this EXIF orientation on, an image is stored on its side."""


@dataclass
class Scene:
    """A picture of a place and the persons in it.

    Args:
        file_name (str): The image, relative to the data set's root.
        size (tuple[int, int]): Width and height, pixels.
        boxes (np.ndarray): ``(N, 4)`` left, top, width and height, pixels.
        person_ids (np.ndarray): ``(N,)``, :data:`UNKNOWN` where not known.
        cam_id (int): The camera. Defaults to -1: not known.
        modality (int): 0 visible, 1 infrared. Defaults to 0.
    """

    file_name: str
    size: tuple[int, int]
    boxes: np.ndarray
    person_ids: np.ndarray
    cam_id: int = -1
    modality: int = 0

    def drop_invisible(self) -> int:
        """Drop the boxes that are empty or outside of the picture.

        Returns:
            int: How many they were.
        """
        left, top, width, height = self.boxes.T
        seen = (width > 0) & (height > 0)
        seen &= (left + width > 0) & (top + height > 0)
        seen &= (left < self.size[0]) & (top < self.size[1])
        self.boxes, self.person_ids = self.boxes[seen], self.person_ids[seen]
        return int((~seen).sum())


def image_size(path: Path) -> tuple[int, int]:
    """Read how large an image is, upright.

    Args:
        path (Path): The image.

    Returns:
        tuple[int, int]: Width and height, pixels.

    Raises:
        OSError: If it is missing or no image.
    """
    try:
        with Image.open(path) as image:
            return _upright_size(image)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"The annotations name the scene '{path}', which does not exist. "
            'Unpack all images of the data set.'
        ) from error
    except OSError as error:
        raise OSError(
            f"The scene '{path}' cannot be read: {error}. Restore the file."
        ) from error


def _upright_size(image: Image.Image) -> tuple[int, int]:
    """Return the size of an image as OpenCV reads it: turned upright."""
    width, height = image.size
    if image.getexif().get(ExifTags.Base.Orientation, 1) >= ON_ITS_SIDE:
        return height, width
    return width, height


def matching_threshold(boxes: np.ndarray) -> np.ndarray:
    """Return the IoU from which a detection counts as finding a box.

    It is ``min(0.5, w h / ((w + 10) (h + 10)))``: small boxes forgive an
    error of some pixels (Xiao et al., CVPR 2017, released evaluation).

    Args:
        boxes (np.ndarray): ``(N, 4)`` left, top, width and height, pixels.

    Returns:
        np.ndarray: ``(N,)``, in (0, 0.5].
    """
    width, height = boxes[:, 2], boxes[:, 3]
    shrunk = width * height / ((width + 10) * (height + 10))
    return np.minimum(0.5, shrunk)


class SceneAnnotations:
    """All scenes of a data set, with numbers that are unique in it.

    Images and boxes are numbered from 0 in the order of the scenes. Every
    unidentified person gets a number of its own, above all known ones and
    from :data:`FIRST_UNKNOWN` on. Boxes that are empty or outside of their
    image are dropped, with a note.

    Args:
        dataset (str): The name of the data set.
        scenes (Sequence[Scene]): The scenes.
        threshold (float, optional): The IoU from which a detection counts
            as finding a box. Defaults to None: :func:`matching_threshold`.

    Attributes:
        images (list[dict]): As in COCO's json, with ``cam_id`` and
            ``modality``.
        annotations (list[dict]): As in COCO's json, with ``person_id``,
            ``is_known`` and ``iou_thresh``, by image.
    """

    def __init__(
        self,
        dataset: str,
        scenes: Sequence[Scene],
        threshold: float | None = None,
    ) -> None:
        self.dataset = dataset
        dropped = sum(scene.drop_invisible() for scene in scenes)
        if dropped:
            print_log(
                f'{dataset}: dropped {dropped} boxes that are empty or '
                'outside of their image.',
                logger='current',
            )
        known = [int(s.person_ids.max(initial=UNKNOWN)) for s in scenes]
        self._next_person = max([FIRST_UNKNOWN, *(k + 1 for k in known)])
        self.images: list[dict] = []
        self.annotations: list[dict] = []
        for scene in scenes:
            self._add(scene, threshold)

    def _add(self, scene: Scene, threshold: float | None) -> None:
        number = len(self.images)
        self.images.append(
            dict(
                id=number,
                file_name=scene.file_name,
                width=scene.size[0],
                height=scene.size[1],
                cam_id=scene.cam_id,
                modality=scene.modality,
            )
        )
        if threshold is None:
            thresholds = matching_threshold(scene.boxes)
        else:
            thresholds = np.full(len(scene.boxes), threshold)
        for box, person, thresh in zip(
            scene.boxes.tolist(),
            scene.person_ids.tolist(),
            thresholds.tolist(),
            strict=True,
        ):
            self.annotations.append(
                dict(
                    id=len(self.annotations),
                    image_id=number,
                    category_id=1,
                    bbox=box,
                    area=box[2] * box[3],
                    iscrowd=0,
                    person_id=self._number(person),
                    is_known=person != UNKNOWN,
                    iou_thresh=thresh,
                )
            )

    def _number(self, person: int) -> int:
        if person != UNKNOWN:
            return person
        self._next_person += 1
        return self._next_person - 1

    def to_coco(self, images: Iterable[int] | None = None) -> dict:
        """Give the content of a json file.

        Args:
            images (Iterable[int], optional): The numbers of the images it
                shall hold. Defaults to None: all.

        Returns:
            dict: COCO's form; numbers are those of the whole data set.
        """
        chosen = set(range(len(self.images)) if images is None else images)
        return dict(
            info=dict(dataset=self.dataset),
            categories=[dict(id=1, name='person')],
            images=[i for i in self.images if i['id'] in chosen],
            annotations=[
                a for a in self.annotations if a['image_id'] in chosen
            ],
        )


def write_json(path: Path, content: dict) -> None:
    """Write a json file, wholly or not at all.

    Args:
        path (Path): The file.
        content (dict): What it shall hold.
    """
    text = json.dumps(content, separators=(',', ':'))
    write_atomically(path, text.encode())
