import pytest
import torch

from mmvireid.models.layers import GradientReversal


@pytest.mark.parametrize('strength', [0.0, 0.3, 2.0])
@pytest.mark.parametrize('compiled', [False, True])
def test_identity_forward_and_reversed_backward(strength, compiled):
    layer = GradientReversal(strength)
    call = torch.compile(layer, backend='eager') if compiled else layer
    x = torch.randn(3, 4, requires_grad=True)
    weight = torch.randn(3, 4)
    out = call(x)
    assert torch.equal(out, x)
    (out * weight).sum().backward()
    assert torch.equal(x.grad, -strength * weight)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_under_autocast(dtype):
    layer = GradientReversal(0.5)
    linear = torch.nn.Linear(4, 2)
    x = torch.randn(3, 4, requires_grad=True)
    with torch.autocast('cpu', dtype=dtype):
        reversed_ = linear(layer(x)).sum()
        plain = linear(x).sum()
    (grad,) = torch.autograd.grad(plain, x, retain_graph=True)
    (back,) = torch.autograd.grad(reversed_, x)
    assert torch.allclose(back, -0.5 * grad, rtol=1e-2)


def test_a_changed_strength_counts_at_once():
    layer = torch.compile(GradientReversal(1.0), backend='eager')
    x = torch.ones(2, requires_grad=True)
    for strength in (1.0, 0.25):
        layer.strength = strength
        (grad,) = torch.autograd.grad(layer(x).sum(), x)
        assert torch.equal(grad, torch.full((2,), -strength))


def test_negative_strength():
    with pytest.raises(ValueError, match='at least 0'):
        GradientReversal(-1.0)
