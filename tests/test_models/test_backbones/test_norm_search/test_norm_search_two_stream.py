"""The supernet of the search."""

import copy

import pytest
import torch
from mmengine.model import ExponentialMovingAverage
from mmengine.registry import init_default_scope
from test_norm_rules import CONVNEXT, RESNET, SWIN

from mmvireid.models.backbones import (
    NormSearchTwoStream,
    TwoStream,
    build_plain,
    feature_widths,
)

VIT = dict(
    type='mmpretrain.VisionTransformer',
    img_size=(64, 32),
    arch=dict(
        embed_dims=16, num_layers=2, num_heads=2, feedforward_channels=32
    ),
)
FAMILIES = dict(resnet=RESNET, convnext=CONVNEXT, swin=SWIN, vit=VIT)


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def build(backbone=RESNET, **kwargs):
    model = NormSearchTwoStream(copy.deepcopy(backbone), **kwargs)
    model.init_weights()
    return model


def loss_of(model, x, num_visible=2):
    return model(x, num_visible)[-1].square().mean()


@pytest.mark.parametrize('family', FAMILIES)
def test_starts_equal_to_the_plain_backbone(family):
    model = build(FAMILIES[family]).eval()
    plain = build_plain(FAMILIES[family])
    plain.eval()  # returns nothing
    shared = {
        key.replace('.shared.', '.'): value
        for key, value in model.backbone.state_dict().items()
        if '.visible.' not in key and '.infrared.' not in key
    }
    plain.load_state_dict(
        {k: v for k, v in shared.items() if not k.endswith('.architecture')}
    )
    x = torch.randn(4, 3, 64, 32)
    with torch.no_grad():
        expected = plain(x)
        expected = expected[-1] if isinstance(expected, tuple) else expected
        found = model(x, 2)[-1]
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
    assert feature_widths(model)[-1] == expected.shape[1]


@pytest.mark.parametrize('family', FAMILIES)
def test_every_weight_gets_a_gradient(family):
    model = build(FAMILIES[family]).train()
    for module in model.modules():  # so that the candidates differ
        if getattr(module, 'weight', None) is not None:
            torch.nn.init.normal_(module.weight, std=0.3)
    x = torch.randn(4, 3, 64, 32)
    (model(x, 2)[-1] * torch.randn(1)).abs().mean().backward()
    assert len(model.architecture_parameters()) == len(model.norm_names)
    for parameter in model.architecture_parameters():
        assert parameter.grad.abs().max() > 0
        assert parameter.grad.sum().abs() < 1e-4  # the shares sum to 1


def test_plain_pretrained_weights_fill_all_copies(tmp_path):
    plain = build_plain(RESNET)
    torch.save(dict(state_dict=plain.state_dict()), tmp_path / 'plain.pth')
    init = dict(type='Pretrained', checkpoint=str(tmp_path / 'plain.pth'))
    model = build(dict(RESNET, init_cfg=init))
    norm = model.backbone.layer1[0].bn1
    for copied in (norm.visible, norm.infrared, norm.shared):
        assert torch.equal(copied.weight, plain.layer1[0].bn1.weight)


def test_discretised_network_goes_on_where_the_search_ends():
    """With hard choices the supernet is the network that is built of it."""
    model = build().eval()
    for i, norm in enumerate(model.routed_modules):
        sign = 1 if i % 2 else -1
        norm.architecture.data = torch.tensor([400.0 * sign, -400.0 * sign])
        for name in norm.COPIES:
            torch.nn.init.uniform_(getattr(norm, name).weight, 0.5, 1.5)
    architecture = model.architecture()
    assert sum(architecture.values()) == 10
    names = [name for name, separate in architecture.items() if separate]
    fixed = TwoStream(dict(RESNET), specific=names).eval()
    state = {}
    for key, value in model.backbone.state_dict().items():
        name = key.rsplit('.', 2)[0]
        if key.endswith('.architecture'):
            continue
        if '.shared.' in key and not architecture[name]:
            state[key.replace('.shared.', '.')] = value
        if '.shared.' not in key and architecture.get(name, True):
            state[key] = value
    fixed.backbone.load_state_dict(state)
    x = torch.randn(4, 3, 64, 32)
    with torch.no_grad():
        torch.testing.assert_close(
            fixed(x, 1)[-1], model(x, 1)[-1], rtol=1e-3, atol=1e-4
        )


def test_no_preference_is_shared():
    model = build()
    assert not any(model.architecture().values())
    assert torch.equal(model.separate_probabilities(), torch.full((20,), 0.5))


def test_noise_is_drawn_anew_in_training_alone():
    model = build(relaxation='gumbel_hard')
    x = torch.randn(4, 3, 64, 32)
    model.train()
    model(x, 2)
    first = [norm.shares() for norm in model.routed_modules]
    assert all(sorted(s.tolist()) == pytest.approx([0, 1]) for s in first)
    assert 1 < sum(s[0].item() > 0.5 for s in first) < 19
    model(x, 2)
    assert any(
        s[0] != norm.shares()[0]
        for s, norm in zip(first, model.routed_modules, strict=True)
    )
    model.zero_grad()
    loss_of(model, x).backward()
    assert model.routed_modules[0].architecture.grad.abs().max() > 0
    model.eval()
    model(x, 2)
    assert all(
        norm.shares().tolist() == [0.5, 0.5] for norm in model.routed_modules
    )


def test_temperature_sharpens_and_is_saved():
    model = build(temperature=2)  # an integer, as on the command line
    model.routed_modules[3].architecture.data = torch.tensor([1.0, 0.0])
    x = torch.randn(4, 3, 64, 32)
    shares = []
    for temperature in (2, 0.1):
        model.temperature = temperature
        model(x, 2)
        shares.append(model.routed_modules[3].shares()[0].item())
    assert shares == pytest.approx(
        [1 / (1 + 2.718281828**-0.5), 1 / (1 + 2.718281828**-10)]
    )
    other = build()
    other.load_state_dict(model.state_dict())
    assert other.temperature == pytest.approx(0.1)
    with pytest.raises(ValueError, match='positive'):
        model.temperature = 0


def test_wrong_arguments():
    with pytest.raises(ValueError, match="'gumbel_hard'"):
        build(relaxation='hard')
    with pytest.raises(ValueError, match='temperature must be positive'):
        build(temperature=-1.0)


@pytest.mark.parametrize('relaxation', ['softmax', 'gumbel'])
def test_checkpointing_gives_the_same_gradients(relaxation):
    plain = build(relaxation=relaxation)
    checkpointed = build(dict(RESNET, with_cp=True), relaxation=relaxation)
    checkpointed.load_state_dict(plain.state_dict())
    x = torch.randn(4, 3, 64, 32)
    grads = []
    for model in (plain, checkpointed):
        torch.manual_seed(1)
        loss_of(model, x, 1).backward()
        grads.append([p.grad for p in model.parameters()])
    for expected, found in zip(*grads, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5)


def test_works_under_deepcopy_ema_and_amp():
    model = build().eval()
    x = torch.randn(4, 3, 64, 32)
    with torch.no_grad():
        expected = model(x, 2)[-1]
        assert torch.equal(copy.deepcopy(model)(x, 2)[-1], expected)
        ema = ExponentialMovingAverage(model, update_buffers=True)
        ema.update_parameters(model)
        ema.update_parameters(model)
        assert torch.allclose(ema(x, 2)[-1], expected, atol=1e-6)
    model.train()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        loss = loss_of(model, x)
    loss.backward()
    assert model.routed_modules[0].architecture.grad.isfinite().all()
