import pytest
import torch

from mmvireid.models.heads import IdentityHead, MetricLossHead
from mmvireid.registry import MODELS
from mmvireid.structures import Batch


def make_batch(labels, num_visible=2):
    labels = torch.tensor(labels)
    return Batch(num_visible, labels, labels, labels, [])


@pytest.mark.parametrize('smoothing', [0.0, 0.1])
def test_identity_head_against_a_loop(smoothing):
    torch.manual_seed(0)
    head = IdentityHead(
        label_smoothing=smoothing,
        loss_weight=2.0,
        widths=dict(bn=6),
        num_identities=5,
    ).double()
    head.init_weights()
    features = dict(bn=torch.randn(4, 6).double())
    labels = [0, 3, 1, 3]
    out = head.loss(features, make_batch(labels))

    total, correct = 0.0, 0
    logits = features['bn'] @ head.fc.weight.T
    for row, label in zip(logits, labels, strict=True):
        log_probabilities = row - row.exp().sum().log()
        target = torch.full((5,), smoothing / 5).double()
        target[label] += 1 - smoothing
        total -= (target * log_probabilities).sum()
        correct += int(row.argmax() == label)
    assert torch.isclose(out['loss_ce'], 2 * total / 4)
    assert out['accuracy'].item() == pytest.approx(25 * correct)


def test_identity_head_starts_small_and_without_bias():
    head = IdentityHead(widths=dict(bn=200), num_identities=300)
    head.init_weights()
    assert head.fc.bias is None
    assert head.fc.weight.std().item() == pytest.approx(1e-3, rel=0.05)


def test_metric_loss_head_hands_its_feature_to_the_loss():
    @MODELS.register_module(name='VisibleSum', force=True)
    class VisibleSum(torch.nn.Module):
        def forward(self, features, labels, num_visible):
            return features[:num_visible].sum() + labels.sum()

    head = MetricLossHead(
        dict(type='VisibleSum'), loss_weight=0.5, widths={'global': 3}
    )
    features = {'global': torch.ones(3, 3), 'bn': torch.zeros(3, 3)}
    out = head.loss(features, make_batch([1, 2, 3]))
    assert out == {'loss_metric': torch.tensor(0.5 * (6 + 6))}
    MODELS.module_dict.pop('VisibleSum')
