"""Which images a picture shows, where there are more than it holds."""

from collections.abc import Sequence

import numpy as np


def spaced(items: Sequence, number: int) -> np.ndarray:
    """Choose items spaced evenly, so that neither end is preferred.

    Args:
        items (Sequence): ``N`` items, at least one.
        number (int): How many to choose.

    Returns:
        np.ndarray: ``min(number, N)`` of the items, in their order.
    """
    at = np.linspace(0, len(items) - 1, min(number, len(items)))
    return np.asarray(items)[at.round().astype(int)]


def choose_identities(
    identities: np.ndarray, modalities: np.ndarray, number: int
) -> np.ndarray:
    """Choose identities spaced evenly over those in both modalities.

    Args:
        identities (np.ndarray): ``(N,)`` the identity of each image.
        modalities (np.ndarray): ``(N,)`` its modality, 0 or 1.
        number (int): How many identities to choose.

    Returns:
        np.ndarray: Identities, ascending.

    Raises:
        ValueError: If no identity is in both.
    """
    both = np.intersect1d(*(identities[modalities == m] for m in (0, 1)))
    if not len(both):
        raise ValueError('No identity has images in both modalities.')
    return spaced(both, number)
