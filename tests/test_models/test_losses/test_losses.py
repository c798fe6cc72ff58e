"""Every metric loss against golden values and slow loops in float64."""

import math

import pytest
import torch

from mmvireid.models.losses import (
    EnhancedSquaredTriplet,
    HardTriplet,
    HeteroCenter,
    HeteroCenterTriplet,
    WeightedRegularizedTriplet,
)
from mmvireid.models.losses.distance import pairwise_distance

SCALES = (0.1, 1, 10)
#: (loss, its value at each scale) from the released code of AGW and CAJ
GOLDEN = [
    (
        WeightedRegularizedTriplet(stable=False),
        (0.659927, 1.559215, 64.414413),
    ),
    (HardTriplet(margin=0.3), (0.553952, 2.839516, 25.695162)),
    (EnhancedSquaredTriplet(form='official'), (0.688917, 2.574410, 88.0)),
]
LOSSES = [
    HardTriplet(),
    WeightedRegularizedTriplet(),
    WeightedRegularizedTriplet(stable=False),
    EnhancedSquaredTriplet(),
    EnhancedSquaredTriplet(form='official'),
    EnhancedSquaredTriplet(squared=False),
    HeteroCenter(),
    HeteroCenterTriplet(),
]


def golden_input():
    torch.manual_seed(0)
    return torch.randn(32, 16), torch.arange(8).repeat_interleave(4)


def make_input(dtype=torch.float64):
    """Twelve rows, six visible, of three shuffled identities in both."""
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(12, 5, generator=generator, dtype=torch.float64)
    labels = torch.tensor([2, 0, 1, 0, 2, 1, 1, 1, 0, 2, 0, 2])
    return features.to(dtype), labels, 6


def names(loss):
    return type(loss).__name__


@pytest.mark.parametrize(('loss', 'values'), GOLDEN)
def test_golden_values(loss, values):
    features, labels = golden_input()
    for scale, value in zip(SCALES, values, strict=True):
        found = loss(scale * features, labels, 16).item()
        assert found == pytest.approx(value, abs=2e-6, rel=1e-6)


def test_stable_weights_agree_where_the_official_ones_hold():
    features, labels = golden_input()
    stable, official = (
        WeightedRegularizedTriplet(stable=s) for s in (True, False)
    )
    for scale in (0.1, 1):
        a, b = (f(scale * features, labels, 16) for f in (stable, official))
        assert abs(a - b) < 1e-4
    a, b = (f(10 * features, labels, 16) for f in (stable, official))
    assert b - a > 30


def distance(x, y):
    return math.sqrt(
        max(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)), 1e-12)
    )


def slow_hard_triplet(x, labels, num_visible):
    total = 0
    for i in range(len(x)):
        pull = max(distance(x[i], x[j]) for j in same(labels, i))
        push = min(distance(x[i], x[j]) for j in other(labels, i))
        total += max(0, 0.3 + pull - push)
    return total / len(x)


def same(labels, i):
    return [j for j in range(len(labels)) if labels[j] == labels[i]]


def other(labels, i):
    return [j for j in range(len(labels)) if labels[j] != labels[i]]


def softmax_average(distances, sign):
    weights = [math.exp(sign * d) for d in distances]
    total = sum(weights)
    pairs = zip(weights, distances, strict=True)
    return sum(w / total * d for w, d in pairs)


def gaps(x, labels):
    for i in range(len(x)):
        pull = [distance(x[i], x[j]) for j in same(labels, i)]
        push = [distance(x[i], x[j]) for j in other(labels, i)]
        yield softmax_average(pull, 1) - softmax_average(push, -1)


def slow_weighted(x, labels, num_visible):
    values = [math.log(1 + math.exp(g)) for g in gaps(x, labels)]
    return sum(values) / len(values)


def slow_squared(x, labels, num_visible):
    values = [
        math.log(1 + math.exp(math.copysign(g * g, g)))
        for g in gaps(x, labels)
    ]
    return sum(values) / len(values)


def centers(x, labels, num_visible):
    found = {}
    for modality, rows in enumerate(
        (range(num_visible), range(num_visible, len(x)))
    ):
        for label in sorted(set(labels)):
            members = [x[i] for i in rows if labels[i] == label]
            mean = [sum(c) / len(members) for c in zip(*members, strict=True)]
            found[label, modality] = mean
    return found


def slow_hetero_center(x, labels, num_visible):
    c = centers(x, labels, num_visible)
    return sum(distance(c[k, 0], c[k, 1]) ** 2 for k in set(labels))


def slow_average_hetero_center(features, labels, num_visible):
    total = slow_hetero_center(features, labels, num_visible)
    return total / len(set(labels))


def slow_hetero_center_triplet(x, labels, num_visible):
    c = centers(x, labels, num_visible)
    total = 0
    for (label, modality), center in c.items():
        pull = distance(center, c[label, 1 - modality])
        push = min(distance(center, v) for k, v in c.items() if k[0] != label)
        total += max(0, 0.3 + pull - push)
    return total / len(c)


@pytest.mark.parametrize(
    ('loss', 'slow'),
    [
        (HardTriplet(), slow_hard_triplet),
        (WeightedRegularizedTriplet(), slow_weighted),
        (EnhancedSquaredTriplet(knee=1e9), slow_squared),
        (EnhancedSquaredTriplet(squared=False), slow_weighted),
        (HeteroCenter(), slow_hetero_center),
        (HeteroCenter(average=True), slow_average_hetero_center),
        (HeteroCenterTriplet(), slow_hetero_center_triplet),
    ],
)
def test_against_slow_loops(loss, slow):
    features, labels, num_visible = make_input()
    expected = slow(features.tolist(), labels.tolist(), num_visible)
    found = loss(features, labels, num_visible)
    assert found.dtype == torch.float64
    assert found.item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize('loss', LOSSES, ids=names)
def test_gradients(loss):
    features, labels, num_visible = make_input()
    features.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: loss(x, labels, num_visible), features
    )


@pytest.mark.parametrize('loss', LOSSES, ids=names)
@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_equals_single(loss, dtype):
    features, labels, num_visible = make_input(dtype)
    expected = loss(features.float(), labels, num_visible)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        found = loss(features, labels, num_visible)
    assert found.dtype == torch.float32
    assert torch.allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize('loss', LOSSES, ids=names)
@pytest.mark.parametrize('scale', [0, 1e-8, 1e4])
def test_extremes_stay_finite(loss, scale):
    features, labels, num_visible = make_input(torch.float32)
    features = (scale * features).requires_grad_()
    value = loss(features, labels, num_visible)
    value.backward()
    assert value.isfinite()
    assert features.grad.isfinite().all()


@pytest.mark.parametrize(
    'loss', [x for x in LOSSES if not isinstance(x, HeteroCenter)], ids=names
)
def test_a_single_identity_costs_nothing(loss):
    features = torch.randn(6, 4, requires_grad=True)
    value = loss(features, torch.zeros(6).long(), 3)
    value.backward()
    assert value == 0
    assert torch.equal(features.grad, torch.zeros(6, 4))


@pytest.mark.parametrize('loss', LOSSES, ids=names)
def test_features_that_are_no_numbers_are_not_passed_over(loss):
    features, labels, num_visible = make_input(torch.float32)
    features[3, 2] = float('inf')
    assert not loss(features, labels, num_visible).isfinite()


@pytest.mark.parametrize('loss', [HeteroCenter(), HeteroCenterTriplet()])
def test_centre_losses_without_shared_identities(loss):
    features = torch.randn(6, 4, requires_grad=True)
    value = loss(features, torch.arange(6), 3)
    value.backward()
    assert value == 0


def test_squared_form_keeps_a_gradient_where_the_official_one_has_none():
    """Far violators go on learning, and the corner is smooth."""
    x = torch.tensor([[0.0], [30.0], [29.0], [60.0]])
    labels = torch.tensor([0, 0, 1, 1])
    for form, learns in (('official', False), ('smooth', True)):
        features = x.clone().requires_grad_()
        EnhancedSquaredTriplet(form=form)(features, labels, 2).backward()
        assert (features.grad.abs().max() > 1e-3) == learns
    loss = EnhancedSquaredTriplet(knee=4.0)
    at = torch.tensor([1.999999, 2.000001, 5.0]).double()
    square = loss._square(at)
    assert square[:2].tolist() == pytest.approx([4, 4], abs=1e-5)
    assert square[2].item() == pytest.approx(4 + 4 * 3)


def test_unknown_form_is_refused():
    with pytest.raises(ValueError, match="'smooth', 'official'"):
        EnhancedSquaredTriplet(form='hard')


def test_long_similar_features_keep_their_distances():
    generator = torch.Generator().manual_seed(0)
    x = 1 + 1e-3 * torch.randn(8, 2048, generator=generator)
    expected = torch.cdist(x.double(), x.double())
    found = pairwise_distance(x, x)
    off_diagonal = ~torch.eye(8, dtype=torch.bool)
    assert torch.allclose(
        found.double()[off_diagonal], expected[off_diagonal], rtol=1e-4
    )


def test_an_identity_in_one_modality_only_has_no_centre_pair():
    features, labels, num_visible = make_input()
    labels[labels == 2] = torch.tensor([2, 2, 3, 3])
    for loss, slow in (
        (HeteroCenter(), slow_hetero_center),
        (HeteroCenterTriplet(), slow_hetero_center_triplet),
    ):
        both = [i for i in range(12) if labels[i] in (0, 1)]
        visible = sum(i < num_visible for i in both)
        expected = slow(
            features[both].tolist(), labels[both].tolist(), visible
        )
        found = loss(features, labels, num_visible)
        assert found.item() == pytest.approx(expected, rel=1e-9)
