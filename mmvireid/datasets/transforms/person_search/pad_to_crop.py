"""Room around a scene, for crops to reach beyond it."""

from collections.abc import Sequence

import mmcv
from mmcv.transforms import BaseTransform

from mmvireid.registry import TRANSFORMS

#: ImageNet's mean in blue, green and red: nothing, once it is normalised
IMAGENET_MEAN = (104, 116, 124)


@TRANSFORMS.register_module()
class PadToCrop(BaseTransform):
    """Pads a scene around, to a multiple of the crop that will be taken.

    Sides that are long enough already stay (SPNet, WACV 2025, released
    code, whose padding is the darkest value of the image instead).

    **Modified Keys:**

    - img
    - img_shape
    - gt_bboxes

    Args:
        crop_size (int): Side of the crop, pixels.
        factor (int): So many crops fit into each side. Defaults to 3, for
            *rrc2*; *rrc_scale* has 4.
        pad_val (Sequence[float]): The value of the padding in blue, green
            and red. Defaults to ImageNet's mean.
    """

    def __init__(
        self,
        crop_size: int,
        factor: int = 3,
        pad_val: Sequence[float] = IMAGENET_MEAN,
    ) -> None:
        self.least = crop_size * factor
        self.pad_val = tuple(pad_val)

    def transform(self, results: dict) -> dict:
        """Pad one scene.

        Args:
            results (dict): The results of the transforms before.

        Returns:
            dict: The same with image and boxes moved.
        """
        height, width = results['img'].shape[:2]
        missing = max(0, self.least - width), max(0, self.least - height)
        left, top = missing[0] // 2, missing[1] // 2
        if any(missing):
            results['img'] = mmcv.impad(
                results['img'],
                padding=(left, top, missing[0] - left, missing[1] - top),
                pad_val=self.pad_val,
            )
            results['img_shape'] = results['img'].shape[:2]
            if 'gt_bboxes' in results:
                results['gt_bboxes'].translate_((left, top))
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(least={self.least}, '
            f'pad_val={self.pad_val})'
        )
