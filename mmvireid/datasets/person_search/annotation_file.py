"""Reading a converted file of annotations."""

import json
import math
from pathlib import Path

from ..folders import describe

IMAGE_KEYS = ('id', 'file_name', 'width', 'height', 'cam_id', 'modality')
BOX_KEYS = ('id', 'image_id', 'bbox', 'person_id', 'is_known', 'iou_thresh')


def read_annotation_file(path: Path, command: str) -> dict:
    """Read and check a converted file.

    Args:
        path (Path): The file.
        command (str): The command that writes it, for the messages.

    Returns:
        dict: Its content, with ``images`` and ``annotations``.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no json, lacks something, or has a box without
            extent or outside of its image.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"The converted annotations '{path}' are missing; "
            f'{describe(path.parent)}. Write them with "{command}".'
        )
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise _wrong(path, f'it is no json ({error})', command) from error
    if not isinstance(content, dict):
        raise _wrong(path, 'it is no object', command)
    for key, keys in (('images', IMAGE_KEYS), ('annotations', BOX_KEYS)):
        rows = content.get(key)
        if not isinstance(rows, list):
            raise _wrong(path, f'it has no list of {key}', command)
        for row in rows:
            missing = [k for k in keys if k not in row]
            if missing:
                what = f'one of its {key} has no {", ".join(missing)}: {row}'
                raise _wrong(path, what, command)
    if not content['images']:
        raise ValueError(f"'{path}' lists no scene: choose another split.")
    _check_boxes(path, content, command)
    return content


def _check_boxes(path: Path, content: dict, command: str) -> None:
    images = {image['id']: image for image in content['images']}
    for box in content['annotations']:
        image = images.get(box['image_id'])
        if image is None:
            what = f'box {box["id"]} is in image {box["image_id"]}, which '
            raise _wrong(path, what + 'it does not list', command)
        if not _is_visible(box['bbox'], image['width'], image['height']):
            what = (
                f'box {box["id"]}, {box["bbox"]} (left, top, width, height), '
                f'shows nothing of {image["file_name"]}, which is '
                f'{image["width"]} wide and {image["height"]} high'
            )
            raise _wrong(path, what, command)


def _is_visible(bbox: list, wide: float, high: float) -> bool:
    """Whether a box has an extent and a part within the image."""
    if len(bbox) != 4 or not all(map(math.isfinite, bbox)):
        return False
    left, top, width, height = bbox
    across = width > 0 and left < wide and left + width > 0
    return across and height > 0 and top < high and top + height > 0


def _wrong(path: Path, what: str, command: str) -> ValueError:
    return ValueError(
        f"'{path}' is no converted file of annotations: {what}. Write it "
        f'anew with "{command}".'
    )
