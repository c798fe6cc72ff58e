"""Where and how toy data are written."""

import shutil
from pathlib import Path

JPEG_QUALITY = 92


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
