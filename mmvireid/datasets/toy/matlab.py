"""Matlab files that are the same for the same content."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import savemat

_HEADER = b'MATLAB 5.0 MAT-file, toy pedestrians'.ljust(116)


def write_matrices(path: Path, **variables: np.ndarray) -> None:
    """Write variables to a Matlab file.

    Args:
        path (Path): The file.
        **variables (np.ndarray): Their values.
    """
    file = BytesIO()
    savemat(file, variables, do_compression=True)
    # The header tells the time of writing: same seed, same bytes.
    path.write_bytes(_HEADER + file.getvalue()[len(_HEADER) :])


def cells(items: Sequence) -> np.ndarray:
    """Make a column of cells.

    Args:
        items (Sequence): What the cells hold.

    Returns:
        np.ndarray: ``(n, 1)`` objects.
    """
    column = np.empty((len(items), 1), dtype=object)
    for row, item in enumerate(items):
        column[row, 0] = item
    return column


def structures(
    rows: Sequence[Mapping[str, Any]], fields: Sequence[str]
) -> np.ndarray:
    """Make a row of structures.

    Args:
        rows (Sequence[Mapping]): The values of each structure by field.
        fields (Sequence[str]): The names of the fields, in order.

    Returns:
        np.ndarray: ``(1, n)`` records.
    """
    array = np.empty((1, len(rows)), dtype=[(f, object) for f in fields])
    for column, row in enumerate(rows):
        for field in fields:
            array[field][0, column] = row[field]
    return array
