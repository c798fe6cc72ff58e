"""From a list of samples to a batch."""

from collections.abc import Sequence

from mmvireid.registry import FUNCTIONS


@FUNCTIONS.register_module()
def collate_views(data_batch: Sequence) -> dict:
    """Join packed samples, each of which may have several views.

    Nothing is stacked: the data preprocessor orders the images by modality
    and stacks them.

    Args:
        data_batch (Sequence[dict | list[dict]]): For each image one packed
            sample, or the list of samples that
            :class:`~mmvireid.datasets.transforms.Views` makes of it.

    Returns:
        dict: ``inputs``, a list of ``(C, H, W)`` tensors, and
        ``data_samples``, the list of their data samples.
    """
    samples = []
    for item in data_batch:
        samples += item if isinstance(item, list) else [item]
    return dict(
        inputs=[sample['inputs'] for sample in samples],
        data_samples=[sample['data_samples'] for sample in samples],
    )
