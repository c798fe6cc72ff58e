import pytest
import torch

from mmvireid.models.necks import BNNeck


@pytest.mark.parametrize(
    'pooling', [None, dict(type='mmpretrain.GlobalAveragePooling')]
)
def test_features_and_widths(pooling):
    torch.manual_seed(0)
    neck = BNNeck(6, pooling)
    neck.init_weights()
    x = torch.rand(5, 6, 4, 3)
    out = neck(x)
    assert out['map'] is x
    assert {name: f.shape[1] for name, f in out.items()} == neck.out_channels
    pooled = out['global'].double()
    standard = (pooled - pooled.mean(0)) / (
        pooled.var(0, unbiased=False) + 1e-5
    ).sqrt()
    expected = standard * neck.bn.weight.double()
    assert torch.allclose(out['bn'].double(), expected, atol=1e-4)
    if pooling:
        assert torch.allclose(out['global'], x.mean((2, 3)))


def test_initial_scale_and_frozen_shift():
    neck = BNNeck(4000)
    neck.init_weights()
    assert neck.bn.weight.mean().item() == pytest.approx(1, abs=1e-3)
    assert neck.bn.weight.std().item() == pytest.approx(0.01, rel=0.1)
    assert not neck.bn.bias.requires_grad
    assert not neck.bn.bias.any()
