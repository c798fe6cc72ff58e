"""Reading Matlab's files, with errors that say what is wrong."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.io import loadmat

from ..folders import require_file


def read_matrix(path: Path, keys: str | Sequence[str]) -> np.ndarray:
    """Read one variable.

    Args:
        path (Path): The file.
        keys (str | Sequence[str]): The variable's name, or several of which
            the first one there is taken.

    Returns:
        np.ndarray: Its value; cells and structures as scipy gives them.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no Matlab file or has none of the variables.
    """
    keys = (keys,) if isinstance(keys, str) else tuple(keys)
    require_file(path, f'the variable {" or ".join(keys)}')
    try:
        content = loadmat(path)
    except Exception as error:
        raise ValueError(
            f"'{path}' cannot be read as a Matlab file: {error}. Copy it "
            'again from the distribution of the data set.'
        ) from error
    for key in keys:
        if key in content:
            return content[key]
    found = ', '.join(k for k in content if not k.startswith('__'))
    raise ValueError(
        f"'{path}' must hold the variable {' or '.join(keys)}, but holds "
        f'{found or "none"}.'
    )


def read_names(path: Path, key: str) -> list[str]:
    """Read a cell array of names.

    Args:
        path (Path): The file.
        key (str): The variable's name.

    Returns:
        list[str]: The names in their order.
    """
    return [to_text(cell) for cell in read_matrix(path, key).ravel()]


def to_text(cell: np.ndarray) -> str:
    """Return the text in a cell, in nested cells too."""
    while isinstance(cell, np.ndarray):
        cell = cell.item()
    return str(cell)


def to_box(cell: np.ndarray) -> tuple[int, ...]:
    """Return the box in a cell as four whole numbers; none if it is empty."""
    return tuple(np.asarray(cell).ravel().astype(int).tolist())
