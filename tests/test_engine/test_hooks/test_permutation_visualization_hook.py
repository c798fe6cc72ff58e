from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmvireid.engine.hooks import PermutationVisualizationHook
from mmvireid.visualization import soft_permutation_sheet


def test_first_images_of_both_modalities_are_drawn():
    """As in a validation set, which has all visible images first."""
    samples = [
        SimpleNamespace(
            modality=int(i >= 9),
            soft_permutation=torch.rand(3, 3),
            permutation=torch.randperm(3),
        )
        for i in range(15)
    ]
    drawn = []
    visualizer = SimpleNamespace(
        add_image=lambda name, sheet, step: drawn.append((name, sheet, step))
    )
    runner = SimpleNamespace(visualizer=visualizer, iter=7)
    hook = PermutationVisualizationHook(num_images=4)
    for _ in range(2):  # validations
        for number, start in enumerate(range(0, 15, 4)):
            batch = samples[start : start + 4]
            hook.after_val_iter(runner, number, outputs=batch)
        hook.after_val_epoch(runner)
    chosen = [samples[i] for i in (0, 1, 9, 10)]
    expected = soft_permutation_sheet(
        torch.stack([x.soft_permutation for x in chosen]),
        torch.stack([x.permutation for x in chosen]),
    )
    for name, sheet, step in drawn:
        assert (name, step) == ('soft_permutations', 7)
        assert np.array_equal(sheet, expected)
    assert len(drawn) == 2


def test_one_image_of_each_modality_at_least():
    with pytest.raises(ValueError, match='at least 2, .* but is 1'):
        PermutationVisualizationHook(num_images=1)
