"""Features of two views of each image."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from mmvireid.datasets import collate_views


@torch.no_grad()
def view_features(
    model: nn.Module,
    dataset,
    indices: Sequence[int],
    feature: str = 'global',
    batch_size: int = 32,
) -> tuple[np.ndarray, np.ndarray]:
    """Extract the features of a visible and an infrared view of each image.

    Args:
        model (CrossModalityModel): The model; it is put into evaluation.
        dataset (Dataset): Its pipeline ends with ``Views(...,
            modalities=(0, 1))``, as that of TOPLight's pre-training does.
        indices (Sequence[int]): Which ``N`` images.
        feature (str): Which feature. Defaults to ``'global'``.
        batch_size (int): Images in a batch. Defaults to 32.

    Returns:
        tuple[np.ndarray, np.ndarray]: Features of the visible and of the
        infrared views, each ``(N, C)`` float32, in the order of the indices.

    Raises:
        ValueError: If the dataset gives other views, or there is no such
            feature.
    """
    if feature not in model.neck.out_channels:
        raise ValueError(
            f'The model has no feature "{feature}"; it gives '
            f'{sorted(model.neck.out_channels)}.'
        )
    model.eval()
    rows: tuple[list, list] = ([], [])
    for start in range(0, len(indices), batch_size):
        chunk = indices[start : start + batch_size]
        views = [dataset[int(index)] for index in chunk]
        _check_views(views)
        batch = model.data_preprocessor(collate_views(views))
        middle = batch['num_visible']
        found = model.extract(batch['inputs'], middle)[feature].float().cpu()
        rows[0].append(found[:middle].numpy())
        rows[1].append(found[middle:].numpy())
    return np.concatenate(rows[0]), np.concatenate(rows[1])


def _check_views(views: list) -> None:
    for view in views:
        samples = view if isinstance(view, list) else [view]
        found = [sample['data_samples'].modality for sample in samples]
        if found != [0, 1]:
            raise ValueError(
                'Each image must give a visible and an infrared view, in '
                f'this order, but one gives the modalities {found}. Name a '
                'config whose training pipeline ends with Views(..., '
                'modalities=(0, 1)).'
            )
