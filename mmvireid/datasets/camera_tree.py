"""Reading trees of the form ``camera/identity/image``."""

import os
from collections.abc import Iterable
from pathlib import Path

from .folders import describe, list_images


def read_camera_tree(
    cameras: dict[int, Path],
    pids: Iterable[int],
    modality: int,
    may_be_empty: Iterable[int] = (),
) -> list[dict]:
    """List the images of some identities under camera folders.

    A person that a camera never saw has no folder there; it is skipped.

    Args:
        cameras (dict[int, Path]): The folder of each camera.
        pids (Iterable[int]): The identities; their folders are named by
            the number with four digits.
        modality (int): 0 for visible, 1 for infrared cameras.
        may_be_empty (Iterable[int]): Cameras whose folder may be empty or
            missing. Defaults to none.

    Returns:
        list[dict]: Records with ``img_path``, ``modality``, ``pid`` and
        ``cam_id``.

    Raises:
        FileNotFoundError: If a camera folder is missing.
        ValueError: If a camera folder holds no image of anyone.
    """
    pids = list(pids)
    records = []
    for cam_id, folder in cameras.items():
        found = [
            dict(img_path=path, modality=modality, pid=pid, cam_id=cam_id)
            for pid in pids
            for path in list_images(folder / f'{pid:04d}')
        ]
        if not found and cam_id not in may_be_empty:
            _check_camera(folder)
        records += found
    return records


def check_identities(
    records: list[dict], pids: Iterable[int], source: str
) -> None:
    """Check that every listed identity has at least one image.

    Args:
        records (list[dict]): What was found.
        pids (Iterable[int]): The identities that were asked for.
        source (str): The split files that list them, for the message.

    Raises:
        ValueError: If an identity has no image in any camera.
    """
    unknown = sorted(set(pids) - {record['pid'] for record in records})
    if unknown:
        names = ', '.join(f'{pid:04d}' for pid in unknown[:10])
        raise ValueError(
            f'{len(unknown)} identities listed in {source} have no image in '
            f'any camera: {names}. Either the images are not all unpacked, '
            'or the split file belongs to another data set.'
        )


def _check_camera(folder: Path) -> None:
    """Raise if a camera folder is missing or holds no image at all."""
    if not folder.is_dir():
        raise FileNotFoundError(
            f'There is no such camera: {describe(folder)}; '
            f'{describe(folder.parent)}. Unpack that camera, or leave it '
            "out of the data set's `cameras`."
        )
    if not any(list_images(entry) for entry in os.scandir(folder)):
        raise ValueError(
            f"The camera folder '{folder}' holds no image of any identity "
            f'({describe(folder)}). Unpack it again, or leave the camera '
            "out of the data set's `cameras`."
        )
