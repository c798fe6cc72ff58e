import math

import pytest
import torch

from mmvireid.models.layers import gumbel_noise, sinkhorn


def slow_sinkhorn(matrix, iterations):
    """Normalise plain positive numbers with Python's floats."""
    size = len(matrix)
    rows = [[math.exp(x) for x in row] for row in matrix.tolist()]
    for _ in range(iterations):
        rows = [[x / sum(row) for x in row] for row in rows]
        sums = [sum(row[k] for row in rows) for k in range(size)]
        rows = [[row[k] / sums[k] for k in range(size)] for row in rows]
    return torch.tensor(rows, dtype=torch.float64)


def test_sinkhorn_equals_the_plain_form():
    torch.manual_seed(0)
    logits = torch.randn(5, 6, 6)
    result = sinkhorn(logits, 20).exp()
    for matrix, expected in zip(result, logits, strict=True):
        expected = slow_sinkhorn(expected, 20)
        assert torch.allclose(matrix.double(), expected, atol=1e-6)
    assert torch.allclose(result.sum(-2), torch.ones(5, 6), atol=1e-6)
    assert torch.allclose(result.sum(-1), torch.ones(5, 6), atol=1e-4)


def test_sinkhorn_keeps_double_precision():
    logits = torch.randn(3, 4, 4, dtype=torch.float64)
    result = sinkhorn(logits, 50).exp()
    expected = torch.stack([slow_sinkhorn(x, 50) for x in logits])
    assert result.dtype == torch.float64
    assert torch.allclose(result, expected, atol=1e-12)


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
@pytest.mark.parametrize('scale', [1e4, -1e4])
def test_sinkhorn_survives_extreme_logits_under_autocast(dtype, scale):
    torch.manual_seed(0)
    logits = (scale * torch.randn(4, 6, 6).sign()).to(dtype)
    logits.requires_grad_()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        result = sinkhorn(logits, 20)
    result.exp().square().sum().backward()
    assert result.dtype == torch.float32
    assert result.isfinite().all()
    assert logits.grad.isfinite().all()
    assert torch.allclose(result.exp().sum(-2), torch.ones(4, 6), atol=1e-5)


def test_sinkhorn_gradient():
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: sinkhorn(x, 5).exp(), logits)


def test_sinkhorn_approaches_the_best_permutation():
    matrix = torch.tensor([[5.0, 4.0, 0.0], [4.9, 0.0, 1.0], [0.0, 0.0, 1.0]])
    # Greedy rows would take columns 0, 0, 2; together 1, 0, 2 is best.
    soft = sinkhorn(matrix / 0.05, 50).exp()
    assert soft.argmax(dim=1).tolist() == [1, 0, 2]
    assert soft.amax(dim=1).min() > 0.95


def test_gumbel_noise_has_the_moments_of_its_distribution():
    torch.manual_seed(0)
    noise = gumbel_noise(torch.empty(200_000))
    assert noise.isfinite().all()
    assert noise.mean().item() == pytest.approx(0.5772, abs=0.01)
    assert noise.var().item() == pytest.approx(math.pi**2 / 6, rel=0.02)
