"""From packed scenes to a padded, normalised batch."""

from collections.abc import Sequence

from mmdet.models.data_preprocessors import DetDataPreprocessor

from mmvireid.registry import MODELS


@MODELS.register_module()
class PersonSearchDataPreprocessor(DetDataPreprocessor):
    """Normalises scenes and pads them, at the right and the bottom.

    mmdet's, with ImageNet's statistics, and multiples of 32 for sides.
    Padding is in the mean colour. The order of the batch is kept: the
    detector brings visible scenes first by itself, and its results back.

    Args:
        mean (Sequence[float]): Channel means, RGB, in 0..255. Defaults to
            ImageNet's.
        std (Sequence[float]): Channel deviations, RGB, in 0..255. Defaults
            to ImageNet's.
        bgr_to_rgb (bool): Whether the images come as BGR. Defaults to True,
            as mmcv decodes them.
        pad_size_divisor (int): What sides are multiples of. Defaults to 32.
        **kwargs: Further arguments of mmdet's ``DetDataPreprocessor``.
    """

    def __init__(
        self,
        mean: Sequence = (123.675, 116.28, 103.53),
        std: Sequence = (58.395, 57.12, 57.375),
        bgr_to_rgb: bool = True,
        pad_size_divisor: int = 32,
        **kwargs,
    ) -> None:
        super().__init__(
            mean=mean,
            std=std,
            bgr_to_rgb=bgr_to_rgb,
            pad_size_divisor=pad_size_divisor,
            **kwargs,
        )

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch for the detector.

        Args:
            data (dict): ``inputs``, ``N`` images ``(3, H, W)`` of any sizes,
                and their ``data_samples``.
            training (bool): Whether to train.

        Returns:
            dict: ``inputs`` ``(N, 3, H, W)`` and ``data_samples``.

        Raises:
            ValueError: If a sample's modality is neither 0 nor 1.
        """
        for sample in data.get('data_samples') or ():
            if sample.get('modality', 0) not in (0, 1):
                raise ValueError(
                    'The modality of a scene is 0 (visible) or 1 (infrared), '
                    f'but that of {sample.get("img_path")} is '
                    f'{sample.modality}.'
                )
        return super().forward(data, training)
