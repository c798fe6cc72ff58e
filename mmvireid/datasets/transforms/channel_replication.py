"""What the channel augmentations share."""

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

#: ImageNet's statistics in BGR order, in units of 0..255
BGR_MEAN = np.array([103.53, 116.28, 123.675])
BGR_STD = np.array([57.375, 57.12, 58.395])
#: weights of blue, green and red in each choice: red, green, blue, gray
WEIGHTS = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0], [0.1140, 0.5870, 0.2989]])
GRAY, UNCHANGED = 3, 4


class ChannelReplication(BaseTransform):
    """Base of augmentations that put one plane into all three channels.

    The paper's released code works on tensors that are normalised already.
    Here images are still BGR in 0..255. By default the plane is replicated
    as it is, as in an infrared photograph: three equal channels, uint8.
    After ImageNet's normalisation this differs from the released code by a
    fixed affine map of each channel, at most 0.4. ``normalized=True``
    replicates the normalised plane instead and maps it back, in float32:
    after ImageNet's normalisation the result is that of the released code.

    **Modified Keys:**

    - img

    Args:
        normalized (bool): Whether to replicate normalised values. Defaults
            to False.
    """

    def __init__(self, normalized: bool = False) -> None:
        self.normalized = normalized

    def random_choice(self) -> int:
        """Draw 0, 1, 2 for red, green, blue, 3 for gray, 4 for nothing."""
        # not abstract: mmcv's cache_randomness forbids access on the class
        raise NotImplementedError

    def transform(self, results: dict) -> dict:
        """Replace the channels of ``img``, ``(H, W, 3)`` BGR in 0..255.

        Args:
            results (dict): The results so far.

        Returns:
            dict: The same with another ``img``, float32 if ``normalized``.
        """
        choice = self.random_choice()
        if choice != UNCHANGED:
            results['img'] = self.replicate(results['img'], WEIGHTS[choice])
        return results

    def replicate(self, img: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Replace all channels by one weighted sum of them.

        Args:
            img (np.ndarray): ``(H, W, 3)`` BGR, 0..255.
            weights (np.ndarray): ``(3,)`` weights of blue, green and red.

        Returns:
            np.ndarray: ``(H, W, 3)``; of the dtype of ``img``, or float32
            if ``normalized``.
        """
        if not self.normalized:
            return cv2.transform(img, np.tile(weights, (3, 1)))
        matrix = np.outer(BGR_STD, weights / BGR_STD)
        offset = BGR_MEAN - matrix @ BGR_MEAN
        return cv2.transform(
            img.astype(np.float32), np.column_stack([matrix, offset])
        )

    def __repr__(self) -> str:
        options = ', '.join(f'{k}={v}' for k, v in vars(self).items())
        return f'{type(self).__name__}({options})'
