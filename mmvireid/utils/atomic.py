"""Files that are either whole or not there."""

import os
from pathlib import Path

#: what a file is called while it is being written
UNFINISHED_SUFFIX = '.tmp'


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write a file such that a crash leaves the old one or the new one.

    The data go to a temporary name beside the file, are synced to the disk
    and renamed over it; then the folder is synced, for the rename lives there.

    Args:
        path (str | Path): The file. Its folder is made if missing.
        data (bytes): What it shall hold.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + UNFINISHED_SUFFIX)
    with open(unfinished, 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    sync_folder(path.parent)


def sync_folder(folder: str | Path) -> None:
    """Have the names in a folder written to the disk.

    Args:
        folder (str | Path): The folder.
    """
    if os.name != 'posix':  # other systems cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
