"""A pipeline that branches by modality."""

from collections.abc import Sequence

from mmcv.transforms import BaseTransform
from mmengine.dataset import Compose

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ForModality(BaseTransform):
    """Applies other transforms to visible than to infrared images.

    **Required Keys:**

    - modality

    Args:
        visible (Sequence): Transforms for visible images. Defaults to none.
        infrared (Sequence): Transforms for infrared images. Defaults to
            none.
    """

    def __init__(self, visible: Sequence = (), infrared: Sequence = ()):
        self.branches = (Compose(list(visible)), Compose(list(infrared)))

    def transform(self, results: dict) -> dict | list | None:
        """Run the branch of the image's modality.

        Args:
            results (dict): The results so far.

        Returns:
            dict | list | None: What the branch returns; a list of packed
            samples if it ends with :class:`Views`.
        """
        return self.branches[results['modality']](results)

    def __repr__(self) -> str:
        visible, infrared = self.branches
        return f'{type(self).__name__}(visible={visible}, infrared={infrared})'
