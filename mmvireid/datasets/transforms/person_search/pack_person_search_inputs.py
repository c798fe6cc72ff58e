"""The end of every person search pipeline: tensor and data sample."""

from collections.abc import Sequence

from mmdet.datasets.transforms import PackDetInputs

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class PackPersonSearchInputs(PackDetInputs):
    """Packs a scene, its boxes and the persons in them.

    As mmdet's ``PackDetInputs``, with plain tensors for boxes.

    **Added Keys:**

    - inputs (Tensor): ``(3, H, W)``, the image as it is: BGR in 0..255,
      uint8.
    - data_samples (DetDataSample): ``gt_instances`` has ``bboxes`` (float32
      ``(N, 4)``, x1, y1, x2, y2 in pixels of the input), ``labels`` (int64
      ``(N,)``, zeros), ``person_ids`` (int64 ``(N,)``) and ``is_known``
      (bool ``(N,)``).

    Args:
        meta_keys (Sequence[str]): Keys that become meta information.
            Defaults to :attr:`DEFAULT_META_KEYS`.
    """

    DEFAULT_META_KEYS = (
        'img_id',
        'img_path',
        'ori_shape',
        'img_shape',
        'scale_factor',
        'cam_id',
        'modality',
        'flip',
        'flip_direction',
    )
    mapping_table = {
        'gt_bboxes': 'bboxes',
        'gt_bboxes_labels': 'labels',
        'gt_person_ids': 'person_ids',
        'gt_is_known': 'is_known',
    }

    def __init__(self, meta_keys: Sequence[str] = DEFAULT_META_KEYS) -> None:
        super().__init__(meta_keys)

    def transform(self, results: dict) -> dict:
        """Pack one scene.

        Args:
            results (dict): The results of the transforms before.

        Returns:
            dict: ``inputs`` and ``data_samples``.
        """
        results.setdefault('flip', False)
        results.setdefault('scale_factor', (1.0, 1.0))
        packed = super().transform(results)
        boxes = packed['data_samples'].gt_instances
        if 'bboxes' in boxes:
            boxes.bboxes = boxes.bboxes.tensor
        return packed
