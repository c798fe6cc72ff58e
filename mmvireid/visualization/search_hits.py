"""Pictures of a person and the scenes where he may be."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mmvireid.structures import SearchHit
from mmvireid.utils.images import as_bgr

from .ranked_lists import read_rgb
from .tiles import BLUE, GREEN, RED, arranged, caption, framed

#: Height of a scene in the picture, and least width of a cell, in pixels.
HEIGHT, MIN_WIDTH = 220, 200


def draw_search_hits(
    query: str | np.ndarray,
    box: Sequence[float],
    hits: Sequence[SearchHit],
    path: str | Path,
    right: Sequence[bool] | None = None,
    columns: int = 3,
) -> Path:
    """Draw a query and what was found for it.

    The query's scene stands in the first row. Below are the hits, from left
    to right and from top to bottom, with their similarities; each scene is
    followed by the detection itself. Boxes are blue, or green where a hit is
    right and red where it is not.

    Args:
        query (str | np.ndarray): Scene of the query: a path, or an array,
            BGR or gray.
        box (Sequence[float]): x1, y1, x2, y2 of the query.
        hits (Sequence[SearchHit]): The hits, best first.
        path (str | Path): The picture to write, such as ``'found.jpg'``.
        right (Sequence[bool], optional): Which hits are right. Defaults to
            None: not known.
        columns (int): Hits in a row. Defaults to 3.

    Returns:
        Path: The picture.

    Raises:
        FileNotFoundError: If an image cannot be read.
    """
    colors = [BLUE] * len(hits)
    if right is not None:
        colors = [GREEN if good else RED for good in right]
    cells = [
        _cell(
            hit.image,
            hit.bbox,
            color,
            f'{place}: {hit.similarity:.3f} {_name(hit.image)}',
        )
        for place, (hit, color) in enumerate(
            zip(hits, colors, strict=True), start=1
        )
    ]
    rows = [[_cell(query, box, BLUE, 'query')]]
    rows += [cells[i : i + columns] for i in range(0, len(cells), columns)]
    if not cells:
        rows.append([caption('Nothing was found.', MIN_WIDTH)])
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = cv2.cvtColor(arranged(rows), cv2.COLOR_RGB2BGR)
    if not cv2.imwrite(str(path), sheet):
        raise OSError(f'The picture "{path}" could not be written.')
    return path


def _cell(
    image: str | np.ndarray,
    box: Sequence[float],
    color: tuple,
    text: str,
) -> np.ndarray:
    """Put a scene with a box, what is in the box, and a line together."""
    scene = _read(image)
    height, width = scene.shape[:2]
    x1, y1, x2, y2 = np.rint(np.asarray(box, dtype=float)).astype(int)
    left, right = sorted(np.clip((x1, x2), 0, width))
    top, bottom = sorted(np.clip((y1, y2), 0, height))
    crop = scene[top : max(bottom, top + 1), left : max(right, left + 1)]
    small = _fitted(scene, 3 * HEIGHT)
    scale = small.shape[0] / height
    corners = [
        tuple(int(round(scale * value)) for value in corner)
        for corner in ((x1, y1), (x2, y2))
    ]
    cv2.rectangle(small, *corners, color, 2)
    parts = [small]
    if crop.size:
        parts.append(framed(_fitted(crop, HEIGHT), color))
    sheet = arranged([parts])
    width = max(sheet.shape[1], MIN_WIDTH)
    return arranged([[caption(text, width)], [sheet]])


def _fitted(image: np.ndarray, width: int) -> np.ndarray:
    """Scale an image to :data:`HEIGHT`, but no wider than ``width``."""
    scale = min(HEIGHT / image.shape[0], width / image.shape[1])
    size = [max(1, round(scale * side)) for side in image.shape[1::-1]]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(image, size, interpolation=how)


def _name(image: str | np.ndarray) -> str:
    return '' if isinstance(image, np.ndarray) else Path(image).name


def _read(image: str | np.ndarray) -> np.ndarray:
    if isinstance(image, np.ndarray):
        return np.ascontiguousarray(as_bgr(image)[..., ::-1])
    return read_rgb(image)
