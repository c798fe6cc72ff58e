"""How far colour alone goes: histogram matching on SYSU-MM01's protocol.

A data set on which histograms match people across spectra is too easy: its
renderer leaks the identity through colour or brightness.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mmvireid.datasets import SYSUMM01

from .protocols import ImageList, SYSUProtocol, chance
from .ranking import cosine, score_trials

_SPACES = {
    # conversion, channels, bins per channel, range per channel
    'rgb': (None, [0, 1, 2], [6, 6, 6], [0, 256] * 3),
    'hsv': (
        cv2.COLOR_BGR2HSV,
        [0, 1, 2],
        [8, 4, 6],
        [0, 180, 0, 256, 0, 256],
    ),
    'gray': (cv2.COLOR_BGR2GRAY, [0], [32], [0, 256]),
}
_STRIPES = (1, 6)


def color_histogram(
    image: np.ndarray, space: str, stripes: int = 1
) -> np.ndarray:
    """Histogram of an image, stripe by stripe.

    Args:
        image (np.ndarray): (H, W, 3) uint8 BGR.
        space (str): 'rgb', 'hsv' or 'gray'.
        stripes (int): Number of horizontal stripes.

    Returns:
        np.ndarray: (stripes * bins,) float32, non-negative, sums to 1.

    Raises:
        KeyError: If the space is none of the three.
    """
    conversion, channels, bins, ranges = _SPACES[space]
    if conversion is not None:
        image = cv2.cvtColor(image, conversion)
    parts = [
        cv2.calcHist([stripe], channels, None, bins, ranges).ravel()
        for stripe in np.array_split(image, stripes)
    ]
    joined = np.concatenate(parts)
    return joined / joined.sum()


def intersection(histograms: Tensor) -> Callable:
    """Make :func:`score_trials` intersect histograms.

    Args:
        histograms (Tensor): ``(N, D)`` of all images.

    Returns:
        Similarity: The similarity of queries to a gallery.
    """

    def to_gallery(gallery: Tensor) -> Callable[[Tensor], Tensor]:
        references = histograms[gallery]
        return lambda queries: torch.stack(
            [
                torch.minimum(histograms[query], references).sum(dim=1)
                for query in queries
            ],
            dim=1,
        )

    return to_gallery


_SIMILARITIES: dict[str, Callable] = {
    'intersection': intersection,
    'cosine': lambda histograms: cosine(F.normalize(histograms)),
}


@dataclass(frozen=True)
class HistogramReport:
    """What histogram matching reaches, all percent.

    Args:
        chance (float): Rank-1 of a random ranking.
        rank1 (dict[str, float]): Rank-1 of every variant, by its name
            'space/stripes/similarity'.
    """

    chance: float
    rank1: dict[str, float]

    @property
    def best(self) -> tuple[str, float]:
        """Name and rank-1 of the best variant."""
        return max(self.rank1.items(), key=lambda item: item[1])


def color_histogram_baseline(data_root: str | Path) -> HistogramReport:
    """Match the test images of a data set in SYSU-MM01's layout.

    By the all-search single-shot protocol (Wu et al., ICCV 2017).

    Args:
        data_root (str | Path): The data set's root.

    Returns:
        HistogramReport: Rank-1 of each variant beside chance.

    Raises:
        OSError: If an image cannot be read.
    """
    data = SYSUMM01(str(data_root), split='test')
    records = [data.get_data_info(i) for i in range(len(data))]
    columns = [
        np.array([record[name] for record in records])
        for name in ('pid', 'cam_id', 'modality')
    ]
    images = ImageList(*columns, [record['img_path'] for record in records])
    trials = SYSUProtocol(['all'], [1]).trials(images)
    pids, cams = map(torch.from_numpy, columns[:2])
    pictures = [_read(path) for path in images.img_paths]
    rank1 = {}
    for space in _SPACES:
        for stripes in _STRIPES:
            histograms = torch.from_numpy(
                np.stack(
                    [color_histogram(x, space, stripes) for x in pictures]
                )
            )
            for name, similarity in _SIMILARITIES.items():
                scores = score_trials(
                    similarity(histograms), pids, cams, trials
                )
                mean = float(np.mean([float(s.cmc[0]) for s in scores]))
                rank1[f'{space}/{stripes}/{name}'] = 100 * mean
    return HistogramReport(100 * chance(images.pids, trials), rank1)


def _read(path: str) -> np.ndarray:
    image = cv2.imread(path)
    if image is None:
        raise OSError(f'cannot read {path}: render or copy it again')
    return image
