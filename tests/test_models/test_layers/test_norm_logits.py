"""Logits from norms, and the batch norm beneath one kind of them."""

import math

import pytest
import torch

from mmvireid.models.layers import (
    BatchNormLogits,
    FixedNormLogits,
    SafeBatchNorm1d,
    ScaleFreeLogits,
    vector_norms,
)


def test_fixed_norm_has_the_paper_values_at_128():
    logits = FixedNormLogits(128)
    norms = torch.tensor([11.29163, 12.29163], dtype=torch.float64)
    zero, one = logits(norms)
    assert abs(zero) < 1e-4
    assert one - zero == pytest.approx(-1.41560, abs=1e-5)
    # the first embeddings: 128 times -ln(99)
    start = torch.tensor(math.sqrt(128) * math.log(99))
    assert logits(start) == pytest.approx(-57.6, abs=0.05)


@pytest.mark.parametrize('dim', [*range(1, 343), 343, 344, 2048])
def test_fixed_norm_is_the_chi_distribution(dim):
    logits = FixedNormLogits(dim)
    if dim <= 342:  # as far as the gamma function itself goes
        mean = math.sqrt(2) * math.gamma((dim + 1) / 2) / math.gamma(dim / 2)
        assert logits.mean == pytest.approx(mean, rel=1e-10)
    assert math.sqrt(dim - 1) <= logits.mean <= math.sqrt(dim)
    assert logits.mean**2 + logits.deviation**2 == pytest.approx(dim)
    if dim > 100:
        assert logits.deviation == pytest.approx(math.sqrt(0.5), abs=2e-3)


def test_unit_normal_offsets_have_unit_normal_logits():
    torch.manual_seed(0)
    z = FixedNormLogits(64)(vector_norms(torch.randn(20000, 64)))
    assert abs(z.mean()) < 0.03
    assert z.var() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    'kind', [FixedNormLogits, BatchNormLogits, ScaleFreeLogits]
)
def test_positive_turns_the_sign(kind):
    torch.manual_seed(0)
    norms = torch.rand(3, 4) * 20
    minus, plus = kind(8), kind(8, positive=True)
    assert torch.equal(minus(norms), -plus(norms))
    assert (plus(norms).argsort(1) == norms.argsort(1)).all()


def test_batch_norm_logits_are_standardised():
    torch.manual_seed(0)
    z = BatchNormLogits(8)(torch.rand(5, 7) * 20).detach()
    assert abs(z.mean()) < 1e-6
    assert z.var(unbiased=False) == pytest.approx(1, abs=1e-4)


def test_norms_of_zero_and_of_half_precision():
    x = torch.zeros(2, 4, requires_grad=True)
    vector_norms(x).sum().backward()
    assert torch.equal(x.grad, torch.zeros(2, 4))
    long = torch.full((1, 128), 500.0, dtype=torch.half)
    assert vector_norms(long).dtype == torch.float32
    assert vector_norms(long).item() == pytest.approx(500 * 128**0.5)


@pytest.mark.parametrize('rows', [0, 1])
def test_safe_batch_norm_of_few_rows_takes_running_statistics(rows):
    norm = SafeBatchNorm1d(3)
    norm.running_mean.fill_(2)
    x = torch.randn(rows, 3)
    found = norm(x)
    expected = (x - 2) / (1 + norm.eps) ** 0.5
    assert torch.allclose(found, expected, atol=1e-6)
    assert norm.running_mean.eq(2).all()


def test_safe_batch_norm_of_several_rows_is_the_ordinary_one():
    torch.manual_seed(0)
    x = torch.randn(6, 3)
    safe, plain = SafeBatchNorm1d(3), torch.nn.BatchNorm1d(3)
    assert torch.equal(safe(x), plain(x))
    assert torch.equal(safe.running_var, plain.running_var)
    assert torch.equal(safe.eval()(x), plain.eval()(x))
