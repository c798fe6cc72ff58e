"""Where and how toy data are written."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

JPEG_QUALITY = 92


@contextmanager
def one_thread() -> Iterator[None]:
    """Have OpenCV use one thread: images are too small to share."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def write_image(path: Path, image: np.ndarray) -> None:
    """Write an image.

    Args:
        path (Path): The file; its suffix tells the format.
        image (np.ndarray): (H, W, 3) uint8 BGR.

    Raises:
        OSError: If it cannot be written.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    if not cv2.imwrite(
        str(path), image, options if path.suffix == '.jpg' else []
    ):
        raise OSError(f'cannot write {path}: is the disk full?')


def clear_folder(root: Path, overwrite: bool) -> None:
    """Make an empty folder.

    Args:
        root (Path): The folder.
        overwrite (bool): Whether to delete what is in it.

    Raises:
        FileExistsError: If it is a file, or not empty and ``overwrite`` is
            off.
    """
    if root.is_file():
        raise FileExistsError(f'{root} is a file: name a folder to write to')
    if root.is_dir() and any(root.iterdir()):
        if not overwrite:
            raise FileExistsError(
                f'{root} is not empty: name another folder, or overwrite it'
            )
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
