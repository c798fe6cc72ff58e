import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from mmvireid.models.losses import IdentityConsistencyLoss


@pytest.mark.parametrize('temperature', [0.5, 1.0, 4.0])
def test_divergence_against_scipy(temperature):
    torch.manual_seed(0)
    first, second = torch.randn(2, 5, 7).double() * 3
    p, q = (softmax(x.numpy() / temperature, axis=1) for x in (first, second))
    expected = np.mean(
        [
            (entropy(a, b) + entropy(b, a)) / 2
            for a, b in zip(p, q, strict=True)
        ]
    )
    loss = IdentityConsistencyLoss(temperature=temperature)(first, second)
    assert loss.item() == pytest.approx(expected, rel=1e-10)


def test_feature_form_against_a_loop():
    torch.manual_seed(0)
    first, second = torch.randn(2, 3, 4).double()
    total = 0.0
    for a, b in zip(first, second, strict=True):
        a, b = a / a.norm(), b / b.norm()
        total += sum((x - y).item() ** 2 for x, y in zip(a, b, strict=True))
    loss = IdentityConsistencyLoss('feature')(first, second)
    assert loss.item() == pytest.approx(total / 3, rel=1e-10)


@pytest.mark.parametrize('form', ['divergence', 'feature'])
def test_equal_views_agree_and_gradients_are_right(form):
    torch.manual_seed(0)
    loss = IdentityConsistencyLoss(form)
    x, y = (
        torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
        for _ in range(2)
    )
    assert loss(x, x).item() == pytest.approx(0, abs=1e-12)
    assert torch.autograd.gradcheck(loss, (x, y))


@pytest.mark.parametrize('form', ['divergence', 'feature'])
def test_extremes_in_half_precision(form):
    first = torch.tensor([[6e4, -6e4, 0.0], [0.0, 0.0, 0.0]]).half()
    second = first.flip(1).requires_grad_()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        loss = IdentityConsistencyLoss(form)(first, second)
    loss.backward()
    assert loss.isfinite()
    assert second.grad.isfinite().all()


@pytest.mark.parametrize('wrong', [dict(form='cosine'), dict(temperature=0.0)])
def test_wrong_options(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        IdentityConsistencyLoss(**wrong)
