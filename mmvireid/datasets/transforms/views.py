"""Several views of one image."""

from collections.abc import Sequence

from mmcv.transforms import BaseTransform
from mmengine.dataset import Compose

from mmvireid.registry import TRANSFORMS


@TRANSFORMS.register_module()
class Views(BaseTransform):
    """Makes several packed samples of one image.

    It must come last in its pipeline, and each view's transforms must end
    with :class:`PackCrossModalityInputs` (or another branch that does).
    ``mmvireid.collate_views`` joins the views of all images into a batch.

    Args:
        pipelines (Sequence[Sequence]): The transforms of each view.
        modalities (Sequence[int], optional): The modality that each view is
            given, 0 visible or 1 infrared, so that one image may take both
            paths of a two-stream network. Defaults to None: the image's own.

    Raises:
        ValueError: If there is not one modality a view.
    """

    def __init__(
        self,
        pipelines: Sequence[Sequence],
        modalities: Sequence[int] | None = None,
    ) -> None:
        if modalities is None:
            modalities = [None] * len(pipelines)
        if len(modalities) != len(pipelines):
            raise ValueError(
                f'Views needs one modality for each of its {len(pipelines)} '
                f'pipelines, but got {len(modalities)}.'
            )
        self.pipelines = [Compose(list(p)) for p in pipelines]
        self.modalities = list(modalities)

    def transform(self, results: dict) -> list[dict] | None:
        """Run every view's transforms on a copy of the image.

        Args:
            results (dict): The results so far, with ``img``.

        Returns:
            list[dict] | None: Packed samples, views in order; None if a
            transform returned None.

        Raises:
            TypeError: If a view does not end with a packed sample.
        """
        samples = []
        for pipeline, modality in zip(
            self.pipelines, self.modalities, strict=True
        ):
            # some transforms (erasing) write into the image they are given
            view = dict(results, img=results['img'].copy())
            if modality is not None:
                view['modality'] = modality
            packed = pipeline(view)
            if packed is None:
                return None
            packed = packed if isinstance(packed, list) else [packed]
            if any('data_samples' not in sample for sample in packed):
                raise TypeError(
                    'Each pipeline of Views must end with '
                    f'PackCrossModalityInputs, but one is {pipeline}.'
                )
            samples += packed
        return samples

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(pipelines={self.pipelines}, '
            f'modalities={self.modalities})'
        )
