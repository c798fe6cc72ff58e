"""CM-NAS's losses against golden values and slow loops in float64."""

import math

import pytest
import torch

from mmvireid.models.losses import (
    ClassMMD,
    CorrelationConsistency,
    CrossModalityTriplet,
)
from mmvireid.models.losses.distance import pairwise_distance
from mmvireid.models.losses.hard_triplet import batch_hard, hardest_to_loss

LOSSES = [
    ClassMMD(),
    CorrelationConsistency(),
    CrossModalityTriplet(),
    CrossModalityTriplet(margin=None),
]


def golden_input():
    torch.manual_seed(0)
    features = torch.randn(32, 16)
    return features, torch.arange(4).repeat_interleave(4).repeat(2)


def make_input(dtype=torch.float64):
    """Six rows of each modality, of three identities in unequal order."""
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(12, 5, generator=generator, dtype=torch.float64)
    labels = torch.tensor([2, 0, 1, 0, 2, 1, 1, 1, 0, 2, 0, 2])
    return features.to(dtype), labels, 6


@pytest.mark.parametrize(
    ('loss', 'value'),
    [(ClassMMD(), 0.489617), (CorrelationConsistency(), 0.066415)],
)
def test_golden_values(loss, value):
    features, labels = golden_input()
    assert loss(features, labels, 16).item() == pytest.approx(value, abs=1e-6)


def test_golden_value_of_one_term_of_the_triplet():
    features, labels = golden_input()
    distance = pairwise_distance(features[:16], features[16:])
    same = labels[:16, None] == labels[16:]
    term = hardest_to_loss(*batch_hard(distance, same), 0.4)
    assert term.item() == pytest.approx(3.335697, abs=1e-6)


def slow_triplet(x, labels, num_visible, hinge):
    rows = range(num_visible), range(num_visible, len(x))
    terms = []
    for anchors in rows:
        for others in rows:
            values = []
            for i in anchors:
                at = [(math.dist(x[i], x[j]), labels[j]) for j in others]
                pull = max(d for d, y in at if y == labels[i])
                push = min(d for d, y in at if y != labels[i])
                values.append(hinge(pull - push))
            terms.append(sum(values) / len(values))
    return sum(terms) / 4


def slow_hinge(x, labels, num_visible):
    return slow_triplet(x, labels, num_visible, lambda g: max(0, 0.4 + g))


def slow_soft(x, labels, num_visible):
    return slow_triplet(
        x, labels, num_visible, lambda g: math.log(1 + math.exp(g))
    )


def dot(a, b):
    return sum(p * q for p, q in zip(a, b, strict=True))


def unit(a):
    return [p / math.sqrt(dot(a, a)) for p in a]


def slow_mmd(x, labels, num_visible):
    x = [unit(row) for row in x]

    def mean_kernel(left, right):
        values = [dot(x[i], x[j]) ** 2 for i in left for j in right]
        return sum(values) / len(values)

    total = 0
    for label in set(labels):
        rows = [i for i in range(len(x)) if labels[i] == label]
        v = [i for i in rows if i < num_visible]
        t = [i for i in rows if i >= num_visible]
        total += mean_kernel(v, v) + mean_kernel(t, t) - 2 * mean_kernel(v, t)
    return total / len(set(labels))


def slow_correlation(x, labels, num_visible):
    orders = [
        sorted(rows, key=lambda i: labels[i])
        for rows in (range(num_visible), range(num_visible, len(x)))
    ]
    grams = [
        [unit([dot(x[i], x[j]) for j in order]) for i in order]
        for order in orders
    ]
    squares = [
        (a - b) ** 2
        for rows in zip(*grams, strict=True)
        for a, b in zip(*rows, strict=True)
    ]
    return sum(squares) / len(squares)


@pytest.mark.parametrize(
    ('loss', 'slow'),
    list(
        zip(
            LOSSES,
            (slow_mmd, slow_correlation, slow_hinge, slow_soft),
            strict=True,
        )
    ),
)
def test_against_slow_loops(loss, slow):
    features, labels, num_visible = make_input()
    expected = slow(features.tolist(), labels.tolist(), num_visible)
    found = loss(features, labels, num_visible)
    assert found.dtype == torch.float64
    assert found.item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize('loss', LOSSES)
def test_gradients(loss):
    features, labels, num_visible = make_input()
    features.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: loss(x, labels, num_visible), features
    )


@pytest.mark.parametrize('loss', LOSSES)
@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_equals_single(loss, dtype):
    features, labels, num_visible = make_input(dtype)
    expected = loss(features.float(), labels, num_visible)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        found = loss(features, labels, num_visible)
    assert found.dtype == torch.float32
    assert torch.allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize('loss', LOSSES)
@pytest.mark.parametrize('scale', [0, 1e-12, 1e4, 1e15])
def test_extremes_stay_finite(loss, scale):
    features, labels, num_visible = make_input(torch.float32)
    features = (scale * features).requires_grad_()
    value = loss(features, labels, num_visible)
    value.backward()
    assert value.isfinite()
    assert features.grad.isfinite().all()


@pytest.mark.parametrize('scale', [1e-12, 1e15])
def test_correlation_does_not_depend_on_the_scale(scale):
    features, labels, num_visible = make_input(torch.float32)
    expected, found = (
        CorrelationConsistency()(s * features, labels, num_visible)
        for s in (1, scale)
    )
    assert found.item() == pytest.approx(expected.item(), rel=1e-4)


def test_a_single_identity_makes_no_triplet():
    features = torch.randn(6, 4, requires_grad=True)
    for loss in LOSSES[2:]:
        value = loss(features, torch.zeros(6).long(), 3)
        value.backward()
        assert value == 0


def test_identities_without_one_modality_do_not_count():
    features, labels, num_visible = make_input()
    alone = torch.tensor([2, 0, 1, 0, 2, 1, 1, 1, 0, 3, 0, 3])
    both = [i for i in range(12) if alone[i] < 2]
    expected = slow_mmd(features[both].tolist(), alone[both].tolist(), 4)
    found = ClassMMD()(features, alone, num_visible)
    assert found.item() == pytest.approx(expected, rel=1e-9)
    # an anchor without a positive in the other modality is left out
    assert CrossModalityTriplet()(features, alone, 6).isfinite()
    assert ClassMMD()(features, torch.arange(12), 6) == 0


def test_unequal_modalities_are_refused():
    features, labels, _ = make_input()
    for wrong, visible in ((labels, 5), (torch.arange(12), 6)):
        with pytest.raises(ValueError, match='same identities in both'):
            CorrelationConsistency()(features, wrong, visible)
    with pytest.raises(ValueError, match='12 visible and 0 infrared'):
        CrossModalityTriplet()(features, labels, 12)
