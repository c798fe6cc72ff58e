"""Soft permutations in the course of pre-training."""

from collections.abc import Sequence

import torch
from mmengine.hooks import Hook

from mmvireid.models.layers import sinkhorn
from mmvireid.registry import HOOKS


@HOOKS.register_module()
class PermutationVisualizationHook(Hook):
    """Draws the soft permutations of the first validation batch.

    After each validation the visualizer gets a picture
    ``soft_permutations``, by the training iteration: with its usual backend
    a file in ``vis_data/vis_image``, with TensorBoard's an image there.

    Args:
        num_images (int): How many matrices. Defaults to 16.
        iterations (int): Of the Sinkhorn operator. Defaults to 20.
    """

    def __init__(self, num_images: int = 16, iterations: int = 20) -> None:
        self.num_images = num_images
        self.iterations = iterations

    def after_val_iter(
        self,
        runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: Sequence | None = None,
    ) -> None:
        """Draw the first batch.

        Args:
            runner (Runner): The runner.
            batch_idx (int): Number of the batch.
            data_batch (dict, optional): Not used.
            outputs (Sequence[DataSample], optional): Predictions with
                ``permutation_logits`` and ``permutation``.
        """
        if batch_idx > 0:
            return
        # Here, for it imports OpenCV.
        from mmvireid.visualization import soft_permutation_sheet

        shown = outputs[: self.num_images]
        logits = torch.stack([x.permutation_logits for x in shown])
        sheet = soft_permutation_sheet(
            sinkhorn(logits, self.iterations).exp(),
            torch.stack([x.permutation for x in shown]),
        )
        runner.visualizer.add_image(
            'soft_permutations', sheet, step=runner.iter
        )
