"""The end of every pipeline: tensor and data sample."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from mmpretrain.datasets.transforms.formatting import PackInputs

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class PackCrossModalityInputs(PackInputs):
    """Packs an image and what is known of it.

    As mmpretrain's ``PackInputs``, with identity, camera and modality among
    the meta keys by default.

    **Added Keys:**

    - inputs (Tensor): ``(3, H, W)``, the image as it is: BGR in 0..255,
      uint8 unless a transform made it float.
    - data_samples (DataSample): With the field ``gt_label`` and the meta
      keys.

    Args:
        input_key (str): The key of the image. Defaults to ``'img'``.
        algorithm_keys (Sequence[str]): Keys that become fields of the data
            sample. Defaults to none.
        meta_keys (Sequence[str]): Keys that become meta information; those
            that a sample lacks are left out. Defaults to
            :attr:`DEFAULT_META_KEYS`.
    """

    DEFAULT_META_KEYS = (
        'sample_idx',
        'img_path',
        'pid',
        'cam_id',
        'modality',
        'ori_shape',
        'img_shape',
        'flip',
        'flip_direction',
    )

    def __init__(
        self,
        input_key: str = 'img',
        algorithm_keys: Sequence[str] = (),
        meta_keys: Sequence[str] = DEFAULT_META_KEYS,
    ) -> None:
        super().__init__(input_key, algorithm_keys, meta_keys)

    @staticmethod
    def format_input(input_: np.ndarray) -> torch.Tensor:
        """Turn an image into a tensor with the channels first.

        Args:
            input_ (np.ndarray): ``(H, W, C)``, or anything else that
                mmpretrain's ``PackInputs`` takes.

        Returns:
            Tensor: ``(C, H, W)``, contiguous, of the same dtype.
        """
        if isinstance(input_, np.ndarray) and input_.ndim == 3:
            if input_.strides[1] < 0:
                # a view that RandomFlip made: OpenCV flips much faster than
                # numpy copies from right to left
                input_ = cv2.flip(input_[:, ::-1], 1).reshape(input_.shape)
            height, width, channels = input_.shape
            planes = np.empty((channels, height, width), input_.dtype)
            # several times faster than a permuted copy
            cv2.split(input_, list(planes))
            return torch.from_numpy(planes)
        return PackInputs.format_input(input_)

    def transform(self, results: dict) -> dict:
        """Pack one image.

        Args:
            results (dict): The results of the transforms before.

        Returns:
            dict: ``inputs`` and ``data_samples``.
        """
        # some croppers write three numbers, others two
        results['img_shape'] = results[self.input_key].shape[:2]
        return super().transform(results)
