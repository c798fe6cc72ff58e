"""Boxes and persons of a scene."""

import numpy as np
from mmdet.datasets.transforms import LoadAnnotations

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadPersonAnnotations(LoadAnnotations):
    """Loads boxes as mmdet does, and who the persons in them are.

    **Required Keys:**

    - instances

    **Added Keys:**

    - gt_bboxes (HorizontalBoxes): ``(N, 4)`` float32.
    - gt_bboxes_labels (np.ndarray): ``(N,)`` int64, zeros.
    - gt_ignore_flags (np.ndarray): ``(N,)`` bool.
    - gt_person_ids (np.ndarray): ``(N,)`` int64.
    - gt_is_known (np.ndarray): ``(N,)`` bool.
    """

    def __init__(self) -> None:
        super().__init__(with_bbox=True)

    def transform(self, results: dict) -> dict:
        """Load the annotations of one scene.

        Args:
            results (dict): The data set's record, with the image loaded.

        Returns:
            dict: The same with the added keys.
        """
        results = super().transform(results)
        boxes = results['instances']
        results['gt_person_ids'] = np.array(
            [box['person_id'] for box in boxes], dtype=np.int64
        )
        results['gt_is_known'] = np.array(
            [box['is_known'] for box in boxes], dtype=bool
        )
        return results
