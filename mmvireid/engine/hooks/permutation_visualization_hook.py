"""Soft permutations in the course of pre-training."""

from collections.abc import Sequence

import torch
from mmengine.hooks import Hook

from mmvireid.registry import HOOKS


@HOOKS.register_module()
class PermutationVisualizationHook(Hook):
    """Draws the soft permutations of some validation images.

    After each validation the visualizer gets a picture
    ``soft_permutations``, by the training iteration: with its usual backend
    a file in ``vis_data/vis_image``, with TensorBoard's an image there.

    Args:
        num_images (int): How many matrices, at most: the first of each
            modality. Defaults to 16.

    Raises:
        ValueError: If there is not one of each.
    """

    def __init__(self, num_images: int = 16) -> None:
        if num_images < 2:
            raise ValueError(
                'num_images must be at least 2, one of each modality, but is '
                f'{num_images}.'
            )
        self.num_images = num_images
        self._shown: list = [[], []]

    def after_val_iter(
        self,
        runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: Sequence | None = None,
    ) -> None:
        """Keep the first images of each modality.

        Args:
            runner (Runner): The runner.
            batch_idx (int): Number of the batch.
            data_batch (dict, optional): Not used.
            outputs (Sequence[DataSample], optional): Predictions with
                ``soft_permutation``, ``permutation`` and ``modality``.
        """
        for sample in outputs:
            kept = self._shown[sample.modality]
            if len(kept) < self.num_images // 2:
                kept.append((sample.soft_permutation, sample.permutation))

    def after_val_epoch(self, runner, metrics: dict | None = None) -> None:
        """Draw what was kept.

        Args:
            runner (Runner): The runner.
            metrics (dict, optional): Not used.
        """
        # Here, for it imports OpenCV.
        from mmvireid.visualization import soft_permutation_sheet

        visible, infrared = self._shown
        self._shown = [[], []]
        soft, permutations = zip(*visible, *infrared, strict=True)
        sheet = soft_permutation_sheet(
            torch.stack(soft), torch.stack(permutations)
        )
        runner.visualizer.add_image(
            'soft_permutations', sheet, step=runner.iter
        )
