"""Pictures of queries and what was found for them."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from mmvireid.evaluation.saved_features import SavedFeatures
from mmvireid.structures import MODALITIES, RetrievalTrial
from mmvireid.utils.optional import require

from .choice import spaced

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUERY_COLOR, RIGHT_COLOR, WRONG_COLOR = 'royalblue', 'limegreen', 'red'
#: Size of one image in inches.
CELL = (1.0, 1.95)


def draw_ranked_lists(
    saved: SavedFeatures,
    feature: str,
    trial: RetrievalTrial,
    path: str | Path,
    num_queries: int = 8,
    top: int = 10,
    title: str = '',
) -> Path:
    """Draw queries at the left and their best matches at the right.

    The queries are spaced evenly over all that have a correct image in their
    gallery, in the order of the test set: neither the best nor the worst are
    picked. Frames are green around the query's person and red around others.
    Images that the protocol hides from a query are not shown.

    Args:
        saved (SavedFeatures): Features of the test set, L2-normalised.
        feature (str): Which of them to rank by.
        trial (RetrievalTrial): Queries and gallery.
        path (str | Path): The picture to write, such as ``'ranking.png'``.
        num_queries (int): Rows. Defaults to 8.
        top (int): Matches in a row. Defaults to 10.
        title (str): First line of the title. Defaults to none.

    Returns:
        Path: The picture.

    Raises:
        ValueError: If there is no such feature.
        ValueError: If no query has a correct image in its gallery.
        FileNotFoundError: If an image cannot be read.
    """
    figure_module = require('matplotlib.figure')
    queries = choose_queries(saved, trial, num_queries)
    lists = rank(saved, feature, trial, queries, top)
    pids = saved.images.pids
    found = sum(bool(pids[q] == pids[r[0]]) for q, r in lists)
    rows, columns = len(lists), top + 1
    figure = figure_module.Figure(
        figsize=(CELL[0] * (columns + 1), CELL[1] * rows + 0.9), dpi=110
    )
    grid = figure.add_gridspec(
        rows,
        columns + 1,
        # the narrow second column separates the query from the matches
        width_ratios=[1, 0.25, *[1] * top],
        left=0.01,
        right=0.99,
        bottom=0.01,
        top=1 - 0.9 / (CELL[1] * rows + 0.9),
        wspace=0.08,
        hspace=0.28,
    )
    note = (
        f'{trial.name}, feature "{feature}": {rows} queries spaced evenly '
        f'over those of the test set that have a match; {found} of these '
        f'{rows} right at rank 1. Left: query (blue). Right: its first '
        f'{top}, green = same person, red = another.'
    )
    lines = ([title] if title else []) + textwrap.wrap(note, 13 * columns)
    figure.suptitle('\n'.join(lines), fontsize=9, y=0.995, va='top')
    for row, (query, matches) in enumerate(lists):
        axes = figure.add_subplot(grid[row, 0])
        _show(axes, saved, query, 'query', QUERY_COLOR)
        for place, match in enumerate(matches):
            axes = figure.add_subplot(grid[row, place + 2])
            right = pids[match] == pids[query]
            color = RIGHT_COLOR if right else WRONG_COLOR
            _show(axes, saved, match, str(place + 1), color)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def choose_queries(
    saved: SavedFeatures, trial: RetrievalTrial, number: int
) -> list[int]:
    """Choose queries spaced evenly over the valid ones.

    Returns:
        list[int]: Image indices.

    Raises:
        ValueError: If no query is valid.
    """
    valid = [
        query
        for query in trial.query.tolist()
        if (
            saved.images.pids[_visible_gallery(saved, trial, query)]
            == saved.images.pids[query]
        ).any()
    ]
    if not valid:
        raise ValueError(
            f'{trial.name}: no query has a correct image in its gallery.'
        )
    return spaced(valid, number).tolist()


def rank(
    saved: SavedFeatures,
    feature: str,
    trial: RetrievalTrial,
    queries: list[int],
    top: int,
) -> list[tuple[int, np.ndarray]]:
    """Rank the gallery for a few queries.

    Args:
        saved (SavedFeatures): Features.
        feature (str): Which of them.
        trial (RetrievalTrial): The gallery and what is hidden from a query.
        queries (list[int]): Image indices.
        top (int): How many matches to return.

    Returns:
        list[tuple[int, np.ndarray]]: Each query with its matches.

    Raises:
        ValueError: If there is no such feature.
    """
    if feature not in saved.features:
        raise ValueError(
            f'There is no feature "{feature}", only {list(saved.features)}.'
        )
    values = saved.features[feature]
    lists = []
    for query in queries:
        gallery = _visible_gallery(saved, trial, query)
        order = np.argsort(-(values[gallery] @ values[query]), kind='stable')
        lists.append((query, gallery[order[:top]]))
    return lists


def _visible_gallery(
    saved: SavedFeatures, trial: RetrievalTrial, query: int
) -> np.ndarray:
    # ties are in the order of the test set
    gallery = np.sort(trial.gallery.numpy())
    if trial.exclude is None:
        return gallery
    pids, cams = saved.images.pids, saved.images.cam_ids
    labels = [
        torch.from_numpy(np.atleast_2d(x))
        for x in (pids[query], cams[query], pids[gallery], cams[gallery])
    ]
    hidden = trial.exclude(*labels).expand(1, len(gallery))[0].numpy()
    return gallery[~hidden]


def _show(
    axes: 'Axes', saved: SavedFeatures, index: int, label: str, color: str
) -> None:
    images = saved.images
    axes.imshow(read_rgb(images.img_paths[index]), aspect='auto')
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=color, linewidth=3)
    name = MODALITIES[images.modalities[index]]
    axes.set_title(
        f'{label}: {name}\nid {images.pids[index]}, '
        f'cam {images.cam_ids[index]}',
        fontsize=6.5,
        pad=3,
    )


def read_rgb(path: str) -> np.ndarray:
    """Read an image as ``(H, W, 3)`` RGB, uint8.

    Raises:
        FileNotFoundError: If it is missing or no image.
    """
    image = None
    if Path(path).is_file():
        image = require('mmcv').imread(path, channel_order='rgb')
    if image is None:
        raise FileNotFoundError(
            f"The image '{path}' cannot be read. The paths stand in the "
            'file of features as they were when it was written: draw from '
            'the same folder, or save the features again.'
        )
    return image
