import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend

from mmvireid.models.layers import GradientReversal


@pytest.mark.parametrize('strength', [0.0, 0.3, 2.0])
@pytest.mark.parametrize('compiled', [False, True])
def test_identity_forward_and_reversed_backward(strength, compiled):
    layer = GradientReversal(strength)
    call = torch.compile(layer, backend='aot_eager') if compiled else layer
    x = torch.randn(3, 4, requires_grad=True)
    weight = torch.randn(3, 4)
    out = call(x)
    assert torch.equal(out, x)
    (out * weight).sum().backward()
    assert torch.equal(x.grad, -strength * weight)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
@pytest.mark.parametrize('compiled', [False, True])
def test_under_autocast(dtype, compiled):
    layer = GradientReversal(0.5)
    call = torch.compile(layer, backend='aot_eager') if compiled else layer
    linear = torch.nn.Linear(4, 4)
    x = torch.randn(3, 4, requires_grad=True)
    with torch.autocast('cpu', dtype=dtype):
        hidden = linear(x)  # the gradient comes back in half precision
        reversed_ = linear(call(hidden)).float().sum()
        plain = linear(hidden).float().sum()
    assert hidden.dtype == dtype
    (grad,) = torch.autograd.grad(plain, hidden, retain_graph=True)
    (back,) = torch.autograd.grad(reversed_, hidden)
    assert back.dtype == dtype
    assert torch.equal(back, -0.5 * grad)


def test_a_changed_strength_counts_at_once():
    torch._dynamo.reset()
    graphs = CompileCounterWithBackend('aot_eager')
    layer = GradientReversal(1.0)
    compiled = torch.compile(layer, backend=graphs)
    x = torch.ones(2, requires_grad=True)
    for strength in torch.linspace(0, 1, 12).tolist():
        layer.strength = strength
        assert layer.strength == strength
        (grad,) = torch.autograd.grad(compiled(x).sum(), x)
        assert torch.equal(grad, torch.full((2,), -strength))
        if strength == 0:
            first = graphs.frame_count
    assert graphs.frame_count == first  # compiled once for all numbers


def test_negative_strength():
    with pytest.raises(ValueError, match='at least 0'):
        GradientReversal(-1.0)
