"""Scaling scenes to a common size."""

from mmdet.datasets.transforms import Resize

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class WindowResize(Resize):
    """Scales a scene such that its sides fit into a window.

    The shorter side becomes ``short_side``, unless the longer one would
    pass ``long_side``: then that one becomes ``long_side``. Small scenes
    grow. This is *wrs* in SPNet (WACV 2025, supplement, Sec. 8), which all
    methods of person search test with.

    **Modified Keys:**

    - img
    - img_shape
    - gt_bboxes

    **Added Keys:**

    - scale, scale_factor (w, h), keep_ratio

    Args:
        short_side (int): Pixels. Defaults to 900.
        long_side (int): Pixels. Defaults to 1500.
    """

    def __init__(self, short_side: int = 900, long_side: int = 1500) -> None:
        if not 0 < short_side <= long_side:
            raise ValueError(
                'short_side must be positive and at most long_side, but they '
                f'are {short_side} and {long_side}.'
            )
        super().__init__(scale=(long_side, short_side), keep_ratio=True)
