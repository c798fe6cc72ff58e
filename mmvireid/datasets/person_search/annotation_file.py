"""Reading a converted file of annotations."""

import json
import math
from pathlib import Path

from ..folders import describe

NUMBER = (int, float)
#: what an image and a box must say, and the types of it
IMAGE_KEYS = dict(
    id=int, file_name=str, width=int, height=int, cam_id=int, modality=int
)
BOX_KEYS = dict(
    id=int,
    image_id=int,
    bbox=list,
    person_id=int,
    is_known=(bool, int),
    iou_thresh=NUMBER,
)


def read_annotation_file(path: Path, command: str) -> dict:
    """Read and check a converted file.

    Args:
        path (Path): The file.
        command (str): The command that writes it, for the messages.

    Returns:
        dict: Its content, with ``images`` and ``annotations``.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no json, lacks something, has a value of another
            type or a number twice, or a box without extent or outside of its
            image.
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
            fault = _fault(row, keys)
            if fault:
                what = f'one of its {key} {fault}: {row}'
                raise _wrong(path, what, command)
        twice = len(rows) - len({row['id'] for row in rows})
        if twice:
            what = f'{twice} of its {key} have the id of another one'
            raise _wrong(path, what, command)
    if not content['images']:
        raise ValueError(f"'{path}' lists no scene: choose another split.")
    _check_boxes(path, content, command)
    return content


def _fault(row: dict, keys: dict) -> str:
    """Say what is wrong with an image or a box; nothing if it is right."""
    if not isinstance(row, dict):
        return 'is no object'
    missing = [key for key in keys if key not in row]
    if missing:
        return f'has no {", ".join(missing)}'
    for key, kind in keys.items():
        if not isinstance(row[key], kind):
            return f'has {row[key]!r} for its {key}'
    if row.get('modality') not in (None, 0, 1):
        return f'has the modality {row["modality"]}, which is neither 0 nor 1'
    return ''


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
    if len(bbox) != 4 or not all(isinstance(v, NUMBER) for v in bbox):
        return False
    if not all(map(math.isfinite, bbox)):
        return False
    left, top, width, height = bbox
    across = width > 0 and left < wide and left + width > 0
    return across and height > 0 and top < high and top + height > 0


def _wrong(path: Path, what: str, command: str) -> ValueError:
    return ValueError(
        f"'{path}' is no converted file of annotations: {what}. Write it "
        f'anew with "{command}".'
    )
