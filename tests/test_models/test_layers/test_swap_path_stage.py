"""The stage that compares boxes with queries."""

import pytest
import torch

from mmvireid.models.layers import SwapPathStage


@pytest.fixture
def stage():
    torch.manual_seed(0)
    return SwapPathStage(6, dict(type='FixedNormLogits'))


def test_both_paths_start_from_the_negative_embedding(stage):
    x = torch.randn(4, 6)
    assert torch.equal(stage.offsets(x), -x)
    assert torch.equal(stage.offsets(x, torch.zeros(4, 6)), -x)


def test_offsets_of_both_paths(stage):
    x, queries = torch.randn(2, 4, 6)
    torch.nn.init.normal_(stage.bridge.weight)
    torch.nn.init.normal_(stage.bridge.bias)
    expected = x @ stage.bridge.weight.T + stage.bridge.bias - x
    assert torch.allclose(stage.offsets(x), expected, atol=1e-6)
    assert torch.equal(stage.offsets(x, queries), queries - x)


def test_shapes_and_gradients(stage):
    x = torch.randn(2, 3, 6)
    offsets = stage.offsets(x)
    logits, deltas = stage.classify(offsets), stage.regress(offsets)
    assert logits.shape == (2, 3)
    assert deltas.shape == (2, 3, 4)
    assert len([m for m in stage.box_mlp if hasattr(m, 'weight')]) == 5
    (logits.sum() + deltas.sum()).backward()
    assert all(p.grad is not None for p in stage.parameters())
