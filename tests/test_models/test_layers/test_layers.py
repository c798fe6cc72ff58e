import pytest
import torch
from torch import nn

from mmvireid.models.layers import GeM, NonLocalBlock


def test_gem_formula_and_limits():
    x = torch.rand(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    expected = ((x.double() ** 3).mean((2, 3)) + 1e-12) ** (1 / 3)
    for clamp in (1e-6, None):
        pooled = GeM(clamp=clamp)(x)
        assert torch.allclose(pooled.double(), expected, atol=1e-6)
    assert torch.allclose(
        GeM()(torch.full((1, 2, 3, 3), 0.7)), torch.tensor(0.7), atol=1e-6
    )
    assert (x.mean((2, 3)) <= pooled).all()
    assert (pooled <= x.amax((2, 3))).all()


def test_gem_of_negative_and_empty_maps_is_finite():
    x = torch.randn(2, 3, 4, 4)
    x[0] = 0
    x[1, 0] = -1
    x.requires_grad_()
    pooled = GeM()(x)
    pooled.sum().backward()
    assert pooled.isfinite().all()
    assert x.grad.isfinite().all()


def test_gem_is_computed_in_single_precision():
    x = torch.full((1, 1, 2, 2), 100.0)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert GeM()(x.half()).item() == pytest.approx(100, rel=1e-5)


def test_gem_gradients():
    x = torch.rand(2, 2, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(GeM(), x)


def test_non_local_starts_as_identity_with_few_parameters():
    block = NonLocalBlock(512)
    x = torch.randn(2, 512, 4, 3)
    assert torch.equal(block(x), x)
    assert sum(p.numel() for p in block.parameters()) == 3587
    assert NonLocalBlock(8, None).theta.out_channels == 4


@pytest.mark.parametrize('inter_channels', [1, None])
def test_non_local_against_the_explicit_attention(inter_channels):
    torch.manual_seed(0)
    block = NonLocalBlock(6, inter_channels).eval()
    torch.nn.init.normal_(block.norm.weight)
    x = torch.randn(2, 6, 3, 4)
    found = block(x)
    theta, phi, g = (
        conv(x).flatten(2).double()
        for conv in (block.theta, block.phi, block.g)
    )
    attention = torch.einsum('bci,bcj->bij', theta, phi) / 12
    attended = torch.einsum('bij,bcj->bci', attention, g)
    attended = attended.reshape(2, -1, 3, 4).float()
    expected = x + block.norm(block.project(attended))
    assert torch.allclose(found, expected, atol=1e-5)


def test_non_local_under_autocast():
    block = NonLocalBlock(8).train()
    torch.nn.init.ones_(block.norm.weight)
    x = torch.randn(4, 8, 6, 6)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        out = block(x)
    assert torch.allclose(out.float(), block(x), atol=0.2)
    with torch.autocast('cpu', dtype=torch.float16):
        out = block(300 * x)
    assert out.isfinite().all()


def test_non_local_stays_identity_with_synchronised_norms():
    block = nn.SyncBatchNorm.convert_sync_batchnorm(NonLocalBlock(8))
    nn.init.ones_(block.norm.weight)
    block.init_weights()
    assert not block.norm.weight.any()
