"""What the task-oriented augmentations share."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness


class RandomImageTransform(BaseTransform):
    """Base of transforms that change the image with some probability.

    They are those of TOPLight (Yu et al., CVPR 2023, supplement, Table 1b),
    which names them and gives probabilities. How each works and how strong
    it is are reconstructions.

    **Modified Keys:**

    - img

    Args:
        prob (float): Probability to change the image, in [0, 1].

    Raises:
        ValueError: If it is not.
    """

    def __init__(self, prob: float) -> None:
        if not 0 <= prob <= 1:
            raise ValueError(f'prob must be in [0, 1], but it is {prob}.')
        self.prob = prob

    @cache_randomness
    def random_draw(self) -> bool:
        """Draw whether to change the image."""
        return bool(np.random.random() < self.prob)

    def change(self, img: np.ndarray) -> np.ndarray:
        """Change an image, ``(H, W, 3)`` BGR, uint8; a new array."""
        # not abstract: mmcv's cache_randomness forbids access on the class
        raise NotImplementedError

    def transform(self, results: dict) -> dict:
        """Change ``img``, or leave it.

        Args:
            results (dict): The results so far.

        Returns:
            dict: The same, perhaps with another ``img``.
        """
        if self.random_draw():
            results['img'] = self.change(results['img'])
        return results

    def __repr__(self) -> str:
        options = ', '.join(f'{k}={v}' for k, v in vars(self).items())
        return f'{type(self).__name__}({options})'


def check_range(name: str, values: Sequence, low: float, high: float) -> tuple:
    """Check a pair of bounds.

    Args:
        name (str): What it is called.
        values (Sequence): The pair.
        low (float): The smallest allowed value.
        high (float): The largest allowed value.

    Returns:
        tuple: The pair.

    Raises:
        ValueError: If it is no ascending pair within the limits.
    """
    pair = tuple(values)
    if len(pair) != 2 or not low <= pair[0] <= pair[1] <= high:
        raise ValueError(
            f'{name} must be a pair (lowest, highest) within [{low}, {high}], '
            f'but it is {values}.'
        )
    return pair
