import pytest
import torch
import torch.nn.functional as F

from mmvireid.models.heads import (
    GumbelSinkhornHead,
    PartCycleContrastHead,
    PatchPositionHead,
)
from mmvireid.models.losses import PartCycleContrast
from mmvireid.structures import Batch

WIDTHS = {'global': 5, 'parts': 7, 'unit_parts': 7}


def make_batch(permutations, num_visible=2, size=4):
    labels = torch.zeros(size, dtype=torch.long)
    return Batch(num_visible, labels, labels, labels, [], permutations)


def draw_permutations(count, stripes):
    return torch.rand(count, stripes).argsort(dim=1)


@pytest.fixture
def features():
    torch.manual_seed(0)
    parts = torch.randn(4, 3, 7)
    return {
        'map': torch.zeros(4, 5, 6, 2),
        'global': torch.randn(4, 5),
        'parts': parts,
        'unit_parts': F.normalize(parts, dim=-1),
    }


def test_sinkhorn_head_without_noise_against_its_parts(features):
    head = GumbelSinkhornHead(
        3, num_samples=2, noise_factor=0.0, loss_weight=0.5, widths=WIDTHS
    )
    permutations = draw_permutations(4, 3)
    out = head.loss(features, make_batch(permutations))
    logits = head.fc(features['global']).view(4, 3, 3)
    soft = logits.exp()
    for _ in range(20):
        soft = soft / soft.sum(2, keepdim=True)
        soft = soft / soft.sum(1, keepdim=True)
    restored = torch.einsum('bjk,bj->bk', soft, permutations.float())
    expected = (torch.arange(3) - restored).square().mean()
    assert torch.allclose(out['loss_permutation'], 0.5 * expected, atol=1e-6)
    right = (logits.argmax(-1) == permutations).float().mean()
    assert out['accuracy'].item() == pytest.approx(100 * right.item())
    out = head.predict(features)
    assert torch.equal(out['permutation_logits'], logits)
    assert torch.allclose(out['soft_permutation'], soft, atol=1e-6)


def test_predicted_soft_permutation_has_the_temperature(features):
    head = GumbelSinkhornHead(3, temperature=0.5, iterations=4, widths=WIDTHS)
    out = head.predict(features)
    soft = (2 * out['permutation_logits']).exp()
    for _ in range(4):
        soft = soft / soft.sum(2, keepdim=True)
        soft = soft / soft.sum(1, keepdim=True)
    assert torch.allclose(out['soft_permutation'], soft, atol=1e-6)


def test_sinkhorn_head_draws_independent_noise(features):
    head = GumbelSinkhornHead(3, widths=WIDTHS)
    batch = make_batch(draw_permutations(4, 3))
    first, second = (
        head.loss(features, batch)['loss_permutation'] for _ in range(2)
    )
    assert first != second


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_sinkhorn_head_survives_half_precision(features, dtype):
    head = GumbelSinkhornHead(3, widths=WIDTHS).to(dtype)
    features['global'] = (1e4 * features['global']).to(dtype)
    out = head.loss(features, make_batch(draw_permutations(4, 3)))
    out['loss_permutation'].backward()
    assert out['loss_permutation'].dtype == torch.float32
    assert head.fc.weight.grad.isfinite().all()


@pytest.mark.parametrize('loss', ['Ranking', 'Likelihood'])
def test_sinkhorn_head_learns_to_tell_permutations(loss):
    torch.manual_seed(0)
    permutations = draw_permutations(8, 4)
    features = {
        'map': torch.zeros(8, 32, 4, 1),
        'global': torch.randn(8, 32),
    }
    head = GumbelSinkhornHead(
        4, loss=dict(type=f'Permutation{loss}'), widths={'global': 32}
    )
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)
    batch = make_batch(permutations, 4)
    for _ in range(200):
        out = head.loss(features, batch)
        optimizer.zero_grad()
        out['loss_permutation'].backward()
        optimizer.step()
    assert out['accuracy'].item() == 100


def test_sinkhorn_head_wants_whole_stripes(features):
    head = GumbelSinkhornHead(3, widths=WIDTHS)
    features['map'] = torch.zeros(4, 5, 4, 2)
    with pytest.raises(ValueError, match='4 rows, which do not divide'):
        head.loss(features, make_batch(draw_permutations(4, 3)))


def test_cycle_head_weights_the_contrast(features):
    head = PartCycleContrastHead(trade_off=0.3, widths=WIDTHS)
    permutations = draw_permutations(4, 3)
    out = head.loss(features, make_batch(permutations))
    expected = PartCycleContrast()(features['unit_parts'], permutations, 2)
    assert torch.isclose(out['loss_cycle'], 0.3 * expected)


@pytest.mark.parametrize('weight', [1, 0.3])
def test_position_head_against_a_loop(features, weight):
    head = PatchPositionHead(3, loss_weight=weight, widths=WIDTHS)
    permutations = draw_permutations(4, 3)
    out = head.loss(features, make_batch(permutations))
    total, right = 0.0, 0
    for image in range(4):
        for slot in range(3):
            row = head.fc(features['parts'][image, slot])
            stripe = permutations[image, slot]
            total -= row.log_softmax(0)[stripe].item()
            right += int(row.argmax() == stripe)
    assert out['loss_position'].item() == pytest.approx(
        weight * total / 12, rel=1e-5
    )
    assert out['accuracy'].item() == pytest.approx(100 * right / 12)


def test_options_of_the_sinkhorn_head_out_of_range():
    with pytest.raises(ValueError, match='temperature positive'):
        GumbelSinkhornHead(temperature=0, widths=WIDTHS)


@pytest.mark.parametrize(
    ('permutations', 'message'),
    [
        (None, 'were not shuffled'),
        (torch.zeros(4, 6, dtype=torch.long), 'cut into 6 .* expects 3'),
    ],
)
@pytest.mark.parametrize(
    'head',
    [
        GumbelSinkhornHead(3, widths=WIDTHS),
        PartCycleContrastHead(widths=WIDTHS),
        PatchPositionHead(3, widths=WIDTHS),
    ],
)
def test_shuffling_must_fit_the_heads(features, head, permutations, message):
    with pytest.raises(ValueError, match=message):
        head.loss(features, make_batch(permutations))
