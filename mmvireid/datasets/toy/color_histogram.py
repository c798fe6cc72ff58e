"""How far colour alone goes: histogram matching on SYSU-MM01's protocol.

A data set on which histograms match people across spectra is too easy: its
renderer leaks the identity through colour or brightness.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmvireid.datasets.sysu_mm01 import SYSUMM01

TRIALS = 10
"""Random galleries of the protocol."""

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


def _intersection(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    return np.stack([np.minimum(q, gallery).sum(1) for q in queries])


def _cosine(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    gallery = gallery / np.linalg.norm(gallery, axis=1, keepdims=True)
    return queries @ gallery.T


_SIMILARITIES: dict[str, Callable] = {
    'intersection': _intersection,
    'cosine': _cosine,
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

    The all-search single-shot protocol (Wu et al., ICCV 2017): every
    infrared image queries one random image per identity and visible
    camera; camera 2, at the place of camera 3, is left out for the queries
    of camera 3. Mean over ten galleries.

    Args:
        data_root (str | Path): The data set's root.

    Returns:
        HistogramReport: Rank-1 of each variant beside chance.

    Raises:
        OSError: If an image cannot be read.
    """
    data = SYSUMM01(str(data_root), split='test')
    records = [data.get_data_info(i) for i in range(len(data))]
    images = [_read(record['img_path']) for record in records]
    pids = np.array([record['pid'] for record in records])
    cams = np.array([record['cam_id'] for record in records])
    queries = np.flatnonzero(np.isin(cams, SYSUMM01.INFRARED_CAMERAS))
    galleries = [_draw_gallery(pids, cams, t) for t in range(TRIALS)]
    union = np.unique(np.concatenate(galleries))
    hidden = (cams[queries, None] == 3) & (cams[union] == 2)
    same = pids[queries, None] == pids[union]
    columns = [np.searchsorted(union, gallery) for gallery in galleries]
    flat = np.zeros(same.shape)
    rank1 = {}
    for space in _SPACES:
        for stripes in _STRIPES:
            found = np.stack(
                [color_histogram(i, space, stripes) for i in images]
            )
            for name, similarity in _SIMILARITIES.items():
                scores = similarity(found[queries], found[union])
                rank1[f'{space}/{stripes}/{name}'] = _rank1(
                    scores, same, hidden, columns
                )
    return HistogramReport(_rank1(flat, same, hidden, columns), rank1)


def _read(path: str) -> np.ndarray:
    image = cv2.imread(path)
    if image is None:
        raise OSError(f'cannot read {path}: render or copy it again')
    return image


def _draw_gallery(
    pids: np.ndarray, cams: np.ndarray, trial: int
) -> np.ndarray:
    """One image per identity and visible camera, as indices."""
    rng = random.Random(trial)
    chosen = []
    for pid in np.unique(pids):
        for cam in SYSUMM01.VISIBLE_CAMERAS:
            found = np.flatnonzero((pids == pid) & (cams == cam))
            if len(found):
                chosen.append(rng.choice(found.tolist()))
    return np.array(chosen)


def _rank1(
    scores: np.ndarray,
    same: np.ndarray,
    hidden: np.ndarray,
    columns: list[np.ndarray],
) -> float:
    """Share of queries whose best match is right; ties count in part."""
    rates = []
    for gallery in columns:
        part = np.where(hidden[:, gallery], -np.inf, scores[:, gallery])
        top = part == part.max(1, keepdims=True)
        rates.append((top & same[:, gallery]).sum(1) / top.sum(1))
    return 100 * float(np.mean(rates))
