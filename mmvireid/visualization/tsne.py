"""A map of the feature space."""

from pathlib import Path

import numpy as np

from mmvireid.evaluation.saved_features import SavedFeatures
from mmvireid.structures import MODALITIES
from mmvireid.utils.optional import require

from .choice import choose_identities

#: Marker and colour of the visible and of the infrared images.
MARKS = (('o', 'tab:orange'), ('^', 'tab:blue'))
COLOR_BY = ('identity', 'modality')


def draw_tsne(
    saved: SavedFeatures,
    feature: str,
    path: str | Path,
    num_identities: int = 12,
    perplexity: float = 20.0,
    seed: int = 0,
    title: str = '',
    color_by: str = 'identity',
) -> Path:
    """Draw features in the plane by t-SNE (van der Maaten, JMLR 2008).

    The marker tells the modality, colour the identity. Where retrieval works,
    both markers of a colour lie together. Where the modalities are alike,
    their colours are mixed, if colour tells the modality.

    Args:
        saved (SavedFeatures): Features of the test set, L2-normalised.
        feature (str): Which of them to draw.
        path (str | Path): The picture to write, such as ``'tsne.png'``.
        num_identities (int): Identities, spaced evenly over all that are in
            both modalities. Defaults to 12.
        perplexity (float): See scikit-learn's ``TSNE``; lowered where there
            are few images. Defaults to 20.
        seed (int): Seed of the embedding. Defaults to 0.
        title (str): First line of the title. Defaults to none.
        color_by (str): What colour tells, ``'identity'`` or ``'modality'``.
            Defaults to ``'identity'``.

    Returns:
        Path: The picture.

    Raises:
        ValueError: If there is no such feature or no such ``color_by``.
        ValueError: If no identity is in both modalities.
    """
    figure_module = require('matplotlib.figure')
    manifold = require('sklearn.manifold')
    if feature not in saved.features:
        raise ValueError(
            f'There is no feature "{feature}", only {list(saved.features)}.'
        )
    if color_by not in COLOR_BY:
        raise ValueError(
            f'color_by must be one of {COLOR_BY}, not "{color_by}".'
        )
    images = saved.images
    chosen = choose_identities(images.pids, images.modalities, num_identities)
    kept = np.flatnonzero(np.isin(images.pids, chosen))
    points = manifold.TSNE(
        metric='cosine',
        init='random',
        perplexity=min(perplexity, (len(kept) - 1) / 3),
        random_state=seed,
    ).fit_transform(saved.features[feature][kept])
    figure = figure_module.Figure(figsize=(8, 7.4), dpi=110)
    axes = figure.add_subplot()
    colors = require('matplotlib').colormaps['hsv']
    pids, kinds = images.pids[kept], images.modalities[kept]
    for place, pid in enumerate(chosen):
        for modality, (marker, color) in enumerate(MARKS):
            if color_by == 'identity':
                color = colors(place / len(chosen))
            part = points[(pids == pid) & (kinds == modality)]
            axes.scatter(
                part[:, 0],
                part[:, 1],
                s=34,
                marker=marker,
                color=color,
                edgecolors='black',
                linewidths=0.4,
                label=f'id {pid}'
                if modality == 0 and color_by == 'identity'
                else None,
            )
    for name, (marker, color) in zip(MODALITIES, MARKS, strict=True):
        if color_by == 'identity':
            color = 'grey'
        axes.scatter([], [], marker=marker, color=color, label=name)
    axes.legend(
        loc='upper left', bbox_to_anchor=(1, 1), fontsize=7, frameon=False
    )
    axes.set_xticks([])
    axes.set_yticks([])
    what = (
        f'{len(kept)} images of {len(chosen)} identities\nspaced evenly over '
        'those in both modalities'
        if color_by == 'identity'
        else f'{len(kept)} points, both modalities of {len(chosen)}'
    )
    note = (
        f't-SNE of "{feature}": {what}; '
        'distances between far groups mean nothing'
    )
    axes.set_title(f'{title}\n{note}' if title else note, fontsize=9)
    figure.tight_layout()
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path
