"""Pictures of a search for norms."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmvireid.utils.optional import require


def draw_architecture(
    history: np.ndarray, names: Sequence[str], path: str | Path
) -> Path:
    """Draw how norms moved between shared and separate.

    A row is a norm, a column an epoch, the first one before training; blue
    is towards shared, red towards separate. The last column, set apart, is
    the choice.

    Args:
        history (np.ndarray): ``(E, N)`` in [0, 1], how far each norm is
            towards separate.
        names (Sequence[str]): The ``N`` norms.
        path (str | Path): The picture to write.

    Returns:
        Path: The picture.
    """
    figure_module = require('matplotlib.figure')
    # Weights may move little: colours span what there is.
    reach = max(float(np.abs(history - 0.5).max()), 1e-6)
    figure = figure_module.Figure(
        figsize=(6.5, 1.2 + 0.16 * len(names)), dpi=110
    )
    course, choice = figure.subplots(1, 2, sharey=True, width_ratios=(12, 1))
    colors = dict(aspect='auto', cmap='coolwarm', interpolation='nearest')
    image = course.imshow(
        history.T, vmin=0.5 - reach, vmax=0.5 + reach, **colors
    )
    course.set_yticks(range(len(names)), names, fontsize=6)
    course.set_xlabel('epoch')
    choice.imshow(history[-1:].T > 0.5, vmin=0, vmax=1, **colors)
    choice.set_xticks([0], ['choice'])
    choice.tick_params(left=False)
    figure.colorbar(image, ax=(course, choice), label='share of separate')
    separate = int((history[-1] > 0.5).sum())
    course.set_title(f'{separate} of {len(names)} norms separate', fontsize=9)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches='tight')
    return path
