"""How well frozen features tell two domains apart."""

import numpy as np

from mmvireid.utils.optional import require


def domain_probe(
    first: np.ndarray, second: np.ndarray, seed: int = 0
) -> float:
    """Train a linear classifier of two domains and test it.

    Half of the images, drawn at random, train a logistic regression on
    standardised features; the other half tests it. Both views of an image are
    in the same half, so that its content gives nothing away.

    Args:
        first (np.ndarray): ``(N, C)`` features of the first views, such as
            the fake visible ones of TOPLight.
        second (np.ndarray): ``(N, C)`` features of the second views of the
            same images, in the same order.
        seed (int): Seed of the split. Defaults to 0.

    Returns:
        float: Share of correct answers on the held-out images in percent; 50
        is guessing, 100 that the domains lie on two sides of a plane.

    Raises:
        ValueError: If the views are not of the same images, or there are
            fewer than four.
        ImportError: If scikit-learn is not installed.
    """
    if first.shape != second.shape or first.ndim != 2 or len(first) < 4:
        raise ValueError(
            'The probe needs features (N, C) of two views of each of at '
            f'least 4 images, but they are {first.shape} and {second.shape}.'
        )
    order = np.random.default_rng(seed).permutation(len(first))
    halves = np.array_split(order, 2)
    (train, train_domain), (test, test_domain) = (
        (
            np.concatenate([first[half], second[half]]),
            np.repeat([0, 1], len(half)),
        )
        for half in halves
    )
    probe = require('sklearn.pipeline').make_pipeline(
        require('sklearn.preprocessing').StandardScaler(),
        require('sklearn.linear_model').LogisticRegression(max_iter=1000),
    )
    probe.fit(train, train_domain)
    return 100 * float(probe.score(test, test_domain))
