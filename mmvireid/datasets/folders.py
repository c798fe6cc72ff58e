"""Reading image folders and split files, with errors that say what to do."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import mmcv
from mmengine.fileio import get as read_bytes

#: what counts as an image (file names are compared in lower case)
IMAGE_EXTENSIONS = (
    '.jpg',
    '.jpeg',
    '.png',
    '.bmp',
    '.tif',
    '.tiff',
    '.webp',
    '.ppm',
    '.pgm',
)


def is_image_name(name: str) -> bool:
    """Tell by its name whether a file is an image.

    Args:
        name (str): The name, without folders. Hidden files are none: macOS
            leaves ones like ``._0001.jpg`` in its archives.
    """
    hidden = name.startswith('.')
    return not hidden and name.lower().endswith(IMAGE_EXTENSIONS)


def list_images(folder: str | Path) -> list[str]:
    """List the images of one folder.

    Args:
        folder (str | Path): The folder. It may be missing.

    Returns:
        list[str]: Sorted paths; empty for a missing folder.
    """
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    names = sorted(name for name in names if is_image_name(name))
    return [os.path.join(folder, name) for name in names]


def describe(path: str | Path, limit: int = 8) -> str:
    """Say in words what is found at a path.

    Args:
        path (str | Path): Any path, existing or not.
        limit (int): How many names of a folder are told. Defaults to 8.

    Returns:
        str: For example ``"'data' holds: cam1, cam2"``.
    """
    path = Path(path)
    if not path.exists():
        parent = path
        while not parent.exists():
            parent = parent.parent
        return (
            f"'{path}' does not exist (the nearest folder that does is "
            f"'{parent.resolve()}')"
        )
    if not path.is_dir():
        return f"'{path}' is a file"
    names = sorted(os.listdir(path))
    if not names:
        return f"'{path}' is empty"
    more = f' and {len(names) - limit} more' if len(names) > limit else ''
    return f"'{path}' holds: {', '.join(names[:limit])}{more}"


def require_layout(root: str | Path, names: Iterable[str], what: str) -> None:
    """Check that a data set's root holds its folders.

    Args:
        root (str | Path): The root folder.
        names (Iterable[str]): Names that it must hold.
        what (str): The data set, for the message.

    Raises:
        FileNotFoundError: If the root or one of the names is missing.
    """
    missing = [name for name in names if not (Path(root) / name).exists()]
    if missing:
        raise FileNotFoundError(
            f"{what}: looked for {', '.join(missing)} in '{root}', but "
            f'{describe(root)}. Set data_root (or the environment variable '
            'that the config reads it from) to the folder that holds them.'
        )


def require_file(path: str | Path, what: str) -> Path:
    """Check that a split file exists.

    Args:
        path (str | Path): The file.
        what (str): What the file lists, for the message.

    Returns:
        Path: The same path.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"The split file '{path}' ({what}) is missing; "
            f'{describe(path.parent)}. Copy it from the distribution of the '
            'data set.'
        )
    return path


def read_identities(path: str | Path) -> list[int]:
    """Read a file of comma-separated identity numbers.

    Args:
        path (str | Path): The file, e.g. SYSU-MM01's ``exp/train_id.txt``.

    Returns:
        list[int]: The numbers in ascending order.

    Raises:
        ValueError: If the file lists nothing, or something not a number.
    """
    path = require_file(path, 'identity numbers separated by commas')
    words = path.read_text().replace(',', ' ').split()
    if not words or not all(word.isdecimal() for word in words):
        raise ValueError(
            f"'{path}' must list identity numbers separated by commas, but "
            f"it reads '{' '.join(words)[:60]}'."
        )
    return sorted({int(word) for word in words})


def read_index(path: str | Path) -> list[tuple[str, int]]:
    """Read a file whose lines are ``relative/path label``.

    Args:
        path (str | Path): The file, e.g. RegDB's ``idx/train_visible_1.txt``.

    Returns:
        list[tuple[str, int]]: Relative path and label of every line.

    Raises:
        ValueError: If the file is empty or a line has another form.
    """
    path = require_file(path, 'lines of "relative/path label"')
    entries = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip():
            continue
        name, _, label = line.strip().rpartition(' ')
        if not name or not label.isdecimal():
            raise ValueError(
                f"Line {number} of '{path}' must be 'relative/path label', "
                f"but it is '{line}'."
            )
        entries.append((name.strip(), int(label)))
    if not entries:
        raise ValueError(f"'{path}' lists no image.")
    return entries


def hash_files(paths: Iterable[str | Path]) -> str:
    """Return the SHA-256 over names and contents of files, in hex.

    Args:
        paths (Iterable[str | Path]): The files. All must exist.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(p) for p in paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def unreadable_reason(
    path: str, size: tuple[int, int] | None = None
) -> str | None:
    """Say why an image cannot be decoded.

    Args:
        path (str): The image.
        size (tuple[int, int], optional): Width and height that it should
            have. Defaults to None: any.

    Returns:
        str | None: The reason; None if it can be decoded.
    """
    try:
        image = mmcv.imfrombytes(read_bytes(path))
    except Exception as error:
        return f'{type(error).__name__}: {error}'.strip().split('\n')[0]
    if image is None:
        return 'it cannot be decoded'
    height, width = image.shape[:2]
    if size is not None and (width, height) != tuple(size):
        return f'it is {width}x{height}, but should be {size[0]}x{size[1]}'
    return None
