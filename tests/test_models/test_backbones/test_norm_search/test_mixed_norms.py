"""Mixed norms against the explicit mixture of two outputs in float64."""

import copy

import pytest
import torch
from mmpretrain.models.utils.norm import LayerNorm2d
from torch import nn

from mmvireid.models.backbones import BatchSplit
from mmvireid.models.backbones.norm_search.mixed_batch_norm import (
    MixedBatchNorm,
)
from mmvireid.models.backbones.norm_search.mixed_norm import MixedNorm
from mmvireid.models.backbones.norm_search.relaxation import NormRelaxation

CHANNELS = 3
FORMATS = [torch.contiguous_format, torch.channels_last]


def explicit(norm, x, position, *args, **kwargs):
    """Run all candidates as plain norms and mix their outputs."""
    own, shared = norm.shares()
    parts = [
        candidate(part, *args, **kwargs)
        for part, candidate in zip(
            (x[:position], x[position:]),
            (norm.visible, norm.infrared),
            strict=True,
        )
        if len(part)
    ]
    return own * torch.cat(parts) + shared * norm.shared(x, *args, **kwargs)


def randomise(norm):
    generator = torch.Generator().manual_seed(5)
    for key, value in norm.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
        if 'bias' in key or 'mean' in key:
            value.sub_(1)
    norm.architecture.data.copy_(torch.tensor([0.3, -0.4]))
    return norm.double()


def batch_norm(position, rows, **kwargs):
    split = BatchSplit(position, rows)
    module = nn.BatchNorm2d(CHANNELS, **kwargs)
    return randomise(MixedBatchNorm(module, split, NormRelaxation()))


def features(rows=6, dtype=torch.float64, shift=2.0):
    generator = torch.Generator().manual_seed(1)
    shape = (rows, CHANNELS, 4, 2)
    x = torch.randn(shape, generator=generator, dtype=dtype)
    return 1.5 * x + shift


def gradients(norm, run, x, upstream):
    x = x.clone(memory_format=torch.preserve_format).requires_grad_()
    output = run(x)
    output.backward(upstream)
    grads = {name: p.grad for name, p in norm.named_parameters()}
    return output.detach(), {'x': x.grad, **grads}


def assert_equals_explicit(norm, x, position):
    reference = copy.deepcopy(norm)
    upstream = torch.randn_like(x)
    found, grads = gradients(norm, norm, x, upstream)
    expected, wanted = gradients(
        reference,
        lambda x: explicit(reference, x, position),
        x,
        upstream,
    )
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)
    for name, value in wanted.items():
        if value is None:  # an absent modality
            assert not grads[name].abs().max(), name
            continue
        torch.testing.assert_close(
            grads[name], value, rtol=1e-9, atol=1e-10, msg=name
        )
    state = reference.state_dict()
    for name, value in norm.state_dict().items():
        torch.testing.assert_close(
            value, state[name], rtol=1e-10, atol=1e-12, msg=name
        )


@pytest.mark.parametrize('memory_format', FORMATS)
@pytest.mark.parametrize('position', [0, 2, 3, 6])
@pytest.mark.parametrize('training', [True, False])
def test_batch_norm_equals_two_outputs(position, training, memory_format):
    norm = batch_norm(position, 6).train(training)
    x = features().contiguous(memory_format=memory_format)
    assert_equals_explicit(norm, x, position)


@pytest.mark.parametrize('momentum', [0.3, None])
def test_running_statistics_over_several_batches(momentum):
    norm = batch_norm(2, 6, momentum=momentum)
    for shift in (0.0, 3.0, -1.0):
        norm.zero_grad()
        assert_equals_explicit(norm, features(shift=shift), 2)
    assert norm.shared.num_batches_tracked == 3


def test_batch_norm_passes_gradcheck():
    norm = batch_norm(2, 4)
    x = features(4).requires_grad_()
    names, values = zip(*norm.named_parameters(), strict=True)

    def run(x, *parameters):
        given = dict(zip(names, parameters, strict=True))
        return torch.func.functional_call(norm, given, (x,))

    assert torch.autograd.gradcheck(run, (x, *values))


def test_frozen_norms_use_running_statistics():
    norm = batch_norm(3, 6).train()
    for module in norm.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    before = norm.shared.running_mean.clone()
    assert_equals_explicit(norm, features(), 3)
    assert torch.equal(norm.shared.running_mean, before)


def test_batch_norm_keeps_only_its_input():
    norm = batch_norm(3, 6)
    x = features().requires_grad_()
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: kept.append(t) or t, lambda t: t
    ):
        norm(x)
    large = {t.data_ptr() for t in kept if t.numel() >= x.numel()}
    assert large == {x.data_ptr()}


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_batch_norm_far_from_zero_and_in_low_precision(dtype, training):
    """The variance of long vectors does not drown in their mean."""
    norm = batch_norm(3, 6).train(training)
    for own in (norm.visible, norm.infrared, norm.shared):
        own.running_mean.add_(100)
    x = features(shift=100.0)
    expected = norm(x)
    found = copy.deepcopy(norm).float()(x.to(dtype))
    assert found.dtype == dtype
    # bfloat16 itself has lost three digits of the input.
    tolerance = 1e-3 if dtype == torch.float32 else 1.0
    assert (found.double() - expected).abs().max() < tolerance


def test_constant_channels_stay_finite():
    norm = batch_norm(3, 6).float()
    x = torch.full((6, CHANNELS, 4, 2), 7.0, requires_grad=True)
    norm(x).square().sum().backward()
    assert x.grad.isfinite().all()
    assert norm.architecture.grad.isfinite().all()


def test_one_value_for_each_channel_is_refused():
    norm = batch_norm(1, 3)
    with pytest.raises(ValueError, match='more than one value'):
        norm(torch.randn(3, CHANNELS, 1, 1).double())


@pytest.mark.parametrize(
    'module',
    [nn.SyncBatchNorm(2), nn.BatchNorm2d(2, track_running_stats=False)],
)
def test_unfit_batch_norms_are_refused(module):
    with pytest.raises(ValueError, match='running statistics of their own'):
        MixedBatchNorm(module, BatchSplit(), NormRelaxation())


def test_batch_norms_that_do_more_are_refused():
    module = pytest.importorskip('timm').layers.BatchNormAct2d(2)
    with pytest.raises(ValueError, match='BatchNormAct2d.forward does'):
        MixedBatchNorm(module, BatchSplit(), NormRelaxation())


@pytest.mark.parametrize('position', [0, 2, 5])
@pytest.mark.parametrize(
    ('module', 'shape', 'kwargs'),
    [
        (nn.LayerNorm(8), (5, 7, 8), {}),
        (LayerNorm2d(8), (5, 8, 3, 2), {}),
        (LayerNorm2d(8), (5, 3, 2, 8), dict(data_format='channel_last')),
        (nn.GroupNorm(2, 8), (5, 8, 3, 2), {}),
    ],
)
def test_norms_of_tokens_equal_two_outputs(position, module, shape, kwargs):
    split = BatchSplit(position, shape[0])
    norm = randomise(MixedNorm(copy.deepcopy(module), split, NormRelaxation()))
    x = torch.randn(shape).double()
    found, grads = gradients(
        norm, lambda x: norm(x, **kwargs), x, torch.ones_like(x)
    )
    reference = copy.deepcopy(norm)
    reference.zero_grad()
    expected, wanted = gradients(
        reference,
        lambda x: explicit(reference, x, position, **kwargs),
        x,
        torch.ones_like(x),
    )
    torch.testing.assert_close(found, expected)
    for name, value in wanted.items():
        assert (grads[name] is None) == (value is None), name
        if value is not None:
            torch.testing.assert_close(grads[name], value, msg=name)


def test_one_sided_shares_equal_the_plain_norms():
    x = features()
    norm = batch_norm(2, 6)
    norm.architecture.data = torch.tensor([-800.0, 0.0]).double()
    torch.testing.assert_close(norm(x), norm.shared(x))
    norm.architecture.data = torch.tensor([800.0, 0.0]).double()
    separate = torch.cat((norm.visible(x[:2]), norm.infrared(x[2:])))
    torch.testing.assert_close(norm(x), separate)


def test_plain_weights_fill_all_three_copies():
    norm, plain = batch_norm(2, 6), nn.BatchNorm2d(CHANNELS)
    nn.init.uniform_(plain.weight)
    result = norm.load_state_dict(plain.state_dict(), strict=False)
    assert result.missing_keys == ['architecture']
    assert not result.unexpected_keys
    for name in norm.COPIES:
        assert torch.equal(getattr(norm, name).weight, plain.weight.double())
    again = batch_norm(2, 6)
    norm.architecture.data.fill_(2)
    again.load_state_dict(norm.state_dict())
    assert torch.equal(again.architecture, norm.architecture)


@pytest.mark.parametrize('training', [True, False])
def test_compiles(training):
    norm = batch_norm(2, 6).train(training)
    compiled = torch.compile(copy.deepcopy(norm), backend='eager')
    x = features()
    torch.testing.assert_close(compiled(x), norm(x))
