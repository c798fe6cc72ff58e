"""Files that are either whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: what a file is called while it is being written
UNFINISHED_SUFFIX = '.tmp'


@contextmanager
def unfinished(path: str | Path) -> Iterator[Path]:
    """Give a file its name only once it is whole.

    Args:
        path (str | Path): The file. Its folder is made if missing.

    Yields:
        Path: The name to write to, beside the file. It is gone afterwards,
        and the file is as it was if anything was raised.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + UNFINISHED_SUFFIX)
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write a file such that a crash leaves the old one or the new one.

    The data go to a temporary name beside the file, are synced to the disk
    and renamed over it; then the folder is synced, for the rename lives there.

    Args:
        path (str | Path): The file. Its folder is made if missing.
        data (bytes): What it shall hold.
    """
    with unfinished(path) as temporary, open(temporary, 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


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
