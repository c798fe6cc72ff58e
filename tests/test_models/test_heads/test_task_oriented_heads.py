import pytest
import torch
import torch.nn.functional as F
from mmpretrain.structures import DataSample

from mmvireid.models.heads import (
    ConsistentIdentityHead,
    FakeDomainHead,
    PartIdentityHead,
)
from mmvireid.structures import Batch

WIDTHS = {'global': 6, 'bn': 6}


def make_batch(images, labels, num_visible):
    samples = [DataSample(metainfo=dict(sample_idx=i)) for i in images]
    labels = torch.tensor(labels)
    return Batch(num_visible, labels, labels, labels, samples)


@pytest.mark.parametrize('form', ['divergence', 'feature'])
def test_consistent_head_against_its_parts(form):
    torch.manual_seed(0)
    head = ConsistentIdentityHead(
        consistency=dict(type='IdentityConsistencyLoss', form=form),
        consistency_weight=0.5,
        loss_weight=2.0,
        widths=WIDTHS,
        num_identities=4,
    )
    head.init_weights()
    torch.nn.init.normal_(head.fc.weight)
    bn = torch.randn(6, 6)
    labels = [0, 3, 1, 0, 3, 1]
    out = head.loss({'bn': bn}, make_batch([5, 2, 9] * 2, labels, 3))
    logits = bn @ head.fc.weight.T
    by_hand = F.cross_entropy(logits[:3], torch.tensor(labels[:3]))
    by_hand = by_hand + F.cross_entropy(logits[3:], torch.tensor(labels[3:]))
    assert torch.allclose(out['loss_ce'], by_hand)
    compared = bn if form == 'feature' else logits
    expected = head.consistency(compared[:3], compared[3:])
    assert torch.allclose(out['loss_consistency'], 0.5 * expected)


@pytest.mark.parametrize(
    ('images', 'num_visible'),
    [([1, 2, 2, 1], 2), ([1, 2, 1], 2), ([None] * 4, 2)],
)
def test_halves_that_are_no_views_of_each_other(images, num_visible):
    head = ConsistentIdentityHead(widths=WIDTHS, num_identities=3)
    batch = make_batch(images, [0] * len(images), num_visible)
    with pytest.raises(ValueError, match=r'modalities=\(0, 1\)'):
        head.loss({'bn': torch.randn(len(images), 6)}, batch)


@pytest.mark.parametrize(
    ('options', 'hidden'), [({}, 3), (dict(hidden_channels=5), 5)]
)
def test_width_of_the_discriminator(options, hidden):
    head = FakeDomainHead(widths=WIDTHS, **options)
    shapes = [p.shape for p in head.discriminator.parameters()]
    assert shapes == [(hidden, 6), (hidden,), (2, hidden), (2,)]


def test_fake_domain_head_against_its_parts():
    torch.manual_seed(0)
    head = FakeDomainHead(loss_weight=0.5, widths=WIDTHS)
    feature = torch.randn(5, 6, requires_grad=True)
    batch = make_batch(range(5), [0] * 5, 2)
    out = head.loss({'global': feature}, batch)
    out['loss_domain'].backward()
    domain = torch.tensor([0, 0, 1, 1, 1])
    plain = feature.detach().requires_grad_()
    expected = 0.5 * F.cross_entropy(head.discriminator(plain), domain)
    assert torch.isclose(out['loss_domain'], expected)
    (grad,) = torch.autograd.grad(expected, plain)
    assert torch.allclose(feature.grad, -grad)
    right = head.discriminator(plain).argmax(1) == domain
    assert out['accuracy'].item() == pytest.approx(
        100 * right.float().mean().item()
    )


def test_features_learn_to_hide_their_domain():
    """A shift between the domains is undone by what it is played against."""
    torch.manual_seed(0)
    head = FakeDomainHead(widths={'global': 4})
    shift = torch.nn.Parameter(torch.full((4,), 2.0))
    optimizer = torch.optim.Adam([shift, *head.parameters()], lr=0.02)
    batch = make_batch(range(64), [0] * 64, 32)
    for _ in range(300):
        feature = torch.randn(64, 4)
        feature = torch.cat([feature[:32], feature[32:] + shift])
        out = head.loss({'global': feature}, batch)
        optimizer.zero_grad()
        out['loss_domain'].backward()
        optimizer.step()
    assert shift.detach().norm() < 1.5


def test_part_identity_head_against_a_loop():
    torch.manual_seed(0)
    head = PartIdentityHead(
        3, loss_weight=0.5, widths={'parts': 4}, num_identities=5
    )
    head.init_weights()
    assert head.weight.std().item() == pytest.approx(1e-3, rel=0.3)
    torch.nn.init.normal_(head.weight)
    parts = torch.randn(2, 3, 4)
    batch = make_batch([0, 1], [4, 2], 1)
    scaled = (parts - parts.mean(0)) / (parts.var(0, False) + 1e-5).sqrt()
    total = 0.0
    for image, label in enumerate([4, 2]):
        for part in range(3):
            scores = scaled[image, part] @ head.weight[part]
            total -= scores.log_softmax(0)[label].item()
    out = head.loss({'parts': parts}, batch)
    assert out['loss_ce'].item() == pytest.approx(0.5 * total / 6, rel=1e-5)
