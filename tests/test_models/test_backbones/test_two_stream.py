import copy

import pytest
import torch
from mmengine.logging import MMLogger
from mmengine.model import ExponentialMovingAverage
from mmengine.registry import init_default_scope
from mmengine.runner.activation_checkpointing import (
    turn_on_activation_checkpointing,
)

from mmvireid.models.backbones import (
    TwoStream,
    feature_widths,
    find_preset,
)
from mmvireid.registry import MODELS

RESNET = dict(type='mmpretrain.ResNet', depth=18, base_channels=8)
RESNET.update(stem_channels=8)
CONVNEXT = dict(type='mmpretrain.ConvNeXt')
CONVNEXT['arch'] = dict(depths=[1, 1, 1, 1], channels=[8, 8, 16, 16])
SWIN = dict(type='mmpretrain.SwinTransformer')
SWIN['arch'] = dict(embed_dims=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 1, 1])
VIT = dict(type='mmpretrain.VisionTransformer')
VIT['arch'] = dict(
    embed_dims=16, num_layers=2, num_heads=2, feedforward_channels=32
)
MOBILENET = dict(type='mmpretrain.MobileNetV3', arch='small')
TIMM = dict(type='mmpretrain.TIMMBackbone', model_name='resnet18')
FAMILIES = {
    'resnet': (RESNET, 'stem'),
    'convnext': (CONVNEXT, 'stem'),
    'swin': (SWIN, 'stem'),
    'vit': (VIT, 'stem'),
    'mobilenet': (MOBILENET, 'stem'),
    'timm': (TIMM, ['timm_model.conv1', 'timm_model.bn1']),
}


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def build(backbone=RESNET, **kwargs) -> TwoStream:
    model = TwoStream(copy.deepcopy(backbone), **kwargs)
    model.init_weights()
    return model


@pytest.mark.parametrize('family', FAMILIES)
def test_starts_equal_to_the_plain_backbone(family):
    config, specific = FAMILIES[family]
    two_stream = build(config, specific=specific).eval()
    plain = build(config, specific=[]).eval()
    missing = plain.load_state_dict(
        {k.replace('.visible.', '.'): v
         for k, v in two_stream.state_dict().items()
         if '.infrared.' not in k}
    )  # fmt: skip
    assert not missing.missing_keys
    x = torch.randn(4, 3, 64, 32)
    with torch.no_grad():
        expected = plain(x, 4)[-1]
        assert torch.equal(two_stream(x, 4)[-1], expected)
        assert torch.equal(two_stream(x, 0)[-1], expected)
        # A mixed batch runs its stem in two parts.
        mixed = two_stream(x, 2)[-1]
    assert torch.allclose(mixed, expected, rtol=1e-4, atol=1e-5)
    assert feature_widths(two_stream)[-1] == expected.shape[1]


def test_plain_weights_fill_both_stems():
    model = build()
    plain = MODELS.build(RESNET)
    result = model.backbone.load_state_dict(plain.state_dict())
    assert not result.missing_keys
    assert not result.unexpected_keys
    for branch in (
        model.backbone.conv1.visible,
        model.backbone.conv1.infrared,
    ):
        assert torch.equal(branch.weight, plain.conv1.weight)


def test_pretrained_init_loads_plain_and_own_checkpoints(tmp_path):
    plain = MODELS.build(RESNET)
    torch.save(dict(state_dict=plain.state_dict()), tmp_path / 'plain.pth')
    init = dict(type='Pretrained', checkpoint=str(tmp_path / 'plain.pth'))
    model = build(dict(RESNET, init_cfg=init))
    assert torch.equal(
        model.backbone.conv1.infrared.weight, plain.conv1.weight
    )
    assert torch.equal(
        model.backbone.layer4[0].conv1.weight, plain.layer4[0].conv1.weight
    )

    torch.nn.init.normal_(model.backbone.conv1.infrared.weight)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'own.pth')
    init = dict(type='Pretrained', checkpoint=str(tmp_path / 'own.pth'))
    again = build(init_cfg=init)
    for key, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[key], value), key


def save_whole_model(backbone, path, **meta):
    weights = {f'backbone.{k}': v for k, v in backbone.state_dict().items()}
    weights['backbone.backbone.conv9.weight'] = torch.ones(1)
    weights['backbone.backbone.layer4.0.bn1.bias'] = torch.ones(3)
    del weights['backbone.backbone.bn1.visible.weight']
    weights['heads.id.fc.weight'] = torch.ones(2, 2)
    torch.save(dict(state_dict=weights, meta=meta), path)


def test_only_the_backbone_of_a_model_is_carried_over(tmp_path, capfd):
    MMLogger.get_instance('carry', log_level='INFO')
    path = tmp_path / 'model.pth'
    meta = dict(dataset_name='regdb', trial=3)
    first = build()
    torch.nn.init.normal_(first.backbone.conv1.infrared.weight)
    save_whole_model(first, path, dataset_meta=meta)
    capfd.readouterr()
    init = dict(type='Pretrained', checkpoint=str(path), prefix='backbone.')
    second = build(init_cfg=init)
    for key, value in first.state_dict().items():
        if 'layer4.0.bn1.bias' not in key:
            assert torch.equal(second.state_dict()[key], value), key
    assert second.pretrained_on == [meta]
    output = capfd.readouterr().out
    total = len(first.state_dict())
    assert f'Loaded {total - 2} weights' in output
    assert '1 weights outside "backbone." left' in output
    assert '1 missing: backbone.bn1.visible.weight' in output
    assert '1 unexpected: backbone.conv9.weight' in output
    assert '1 of another shape: backbone.layer4.0.bn1.bias' in output


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / 'model.pth'
    weights = {
        f'backbone.{key}': torch.ones(3) if value.ndim else value
        for key, value in build().state_dict().items()
        if 'layer' in key or 'conv1.' in key
    }
    torch.save(dict(state_dict=weights), path)
    init = dict(type='Pretrained', checkpoint=str(path), prefix='backbone.')
    with pytest.raises(ValueError, match=r'another network: \d+ of its'):
        build(init_cfg=init)


def test_a_plain_stem_of_another_shape_is_left_once(tmp_path, capfd):
    """Though both copies lack it."""
    plain = MODELS.build(dict(RESNET))
    weights = {
        'conv1.weight': plain.conv1.weight[:, :1],
        'bn1.weight': torch.full_like(plain.bn1.weight, 3),
    }
    path = tmp_path / 'gray.pth'
    torch.save(dict(state_dict=weights), path)
    MMLogger.get_instance('gray_stem', log_level='INFO')
    init = dict(type='Pretrained', checkpoint=str(path))
    stem = build(dict(RESNET, init_cfg=init))
    for norm in (stem.backbone.bn1.visible, stem.backbone.bn1.infrared):
        assert norm.weight.tolist() == [3] * len(norm.weight)
    assert 'Loaded 1 weights' in capfd.readouterr().out


@pytest.mark.parametrize('of_the_plain_backbone', [True, False])
@pytest.mark.parametrize('family', [f for f in FAMILIES if f != 'timm'])
def test_weights_of_square_images_fit_a_model_of_persons(
    family, of_the_plain_backbone, tmp_path, capfd
):
    """ImageNet's 224x224 to 288x144: nothing is lost on the way."""
    logger = f'square_{family}_{of_the_plain_backbone}'
    MMLogger.get_instance(logger, log_level='INFO')
    config, specific = FAMILIES[family]
    size = dict(img_size=224) if family == 'vit' else {}
    plain = MODELS.build(dict(config, **size))
    if family == 'vit':
        torch.nn.init.trunc_normal_(plain.pos_embed, std=0.02)
    save_plain(plain, tmp_path / 'plain.pth')
    size = dict(img_size=(288, 144)) if family == 'vit' else {}
    init = dict(type='Pretrained', checkpoint=str(tmp_path / 'plain.pth'))
    capfd.readouterr()
    if of_the_plain_backbone:
        size['init_cfg'] = dict(init, prefix='backbone')
        model = build(dict(config, **size), specific=specific)
    else:
        model = build(dict(config, **size), specific=specific, init_cfg=init)
    output = capfd.readouterr().out
    for none in ('0 missing', '0 unexpected', '0 of another shape'):
        assert none in output
    stem = model.routed_modules[0]
    given = plain.get_submodule(find_preset(config['type']).stem[0])
    for branch in (stem.visible, stem.infrared):
        for key, value in branch.state_dict().items():
            assert torch.equal(value, given.state_dict()[key])
    feature_map = model.eval()(torch.randn(2, 3, 288, 144), 1)[-1]
    assert feature_map.shape[2] in (9, 18)
    if family == 'vit':
        check_positions(model.backbone.pos_embed, plain.pos_embed)


def save_plain(backbone, path):
    """As mmpretrain saves a classifier: backbone and head."""
    weights = {f'backbone.{k}': v for k, v in backbone.state_dict().items()}
    torch.save(dict(state_dict=weights), path)


def check_positions(found, square):
    """14 x 14 positions became 18 x 9; the class token's stayed."""
    assert torch.equal(found[:, 0], square[:, 0])
    maps = square[:, 1:].unflatten(1, (14, 14)).permute(0, 3, 1, 2)
    expected = torch.nn.functional.interpolate(
        maps, size=(18, 9), mode='bicubic', align_corners=False
    )
    found = found[:, 1:].unflatten(1, (18, 9)).permute(0, 3, 1, 2)
    assert torch.allclose(found, expected, atol=1e-6)


def test_a_prefix_without_weights_is_refused(tmp_path):
    path = tmp_path / 'model.pth'
    save_whole_model(build(), path)
    init = dict(type='Pretrained', checkpoint=str(path), prefix='neck.')
    with pytest.raises(ValueError, match='No weight of .* below "neck."'):
        build(init_cfg=init)


@pytest.mark.parametrize('init_cfg', [{}, dict(init_cfg=None)])
def test_independent_init(init_cfg):
    """Also where the backbone's initialisation does not reach the stem."""
    resnet = dict(RESNET, **init_cfg)
    for independent in (True, False):
        model = TwoStream(resnet, independent_init=independent)
        model.init_weights()
        stem = model.backbone.conv1
        equal = torch.equal(stem.visible.weight, stem.infrared.weight)
        assert equal is not independent


@pytest.mark.parametrize(
    ('specific', 'message'),
    [
        (['conv_1'], "no such submodule. Near ones: .*'conv1'"),
        (['layer1', 'layer1.0'], 'part of "layer1"'),
        (['conv1', 'conv1'], 'twice'),
    ],
)
def test_bad_names_are_refused(specific, message):
    with pytest.raises(ValueError, match=message):
        build(specific=specific)


def test_stem_of_unknown_family_is_refused():
    with pytest.raises(ValueError, match='mmpretrain.VGG'):
        build(dict(type='mmpretrain.VGG', depth=11), specific='stem')


def test_backbone_without_a_map_is_refused():
    model = build(dict(CONVNEXT, gap_before_final_norm=True))
    with pytest.raises(TypeError, match='gap_before_final_norm'):
        model(torch.randn(2, 3, 64, 32), 1)


@pytest.mark.parametrize('num_visible', [-1, 3])
def test_num_visible_out_of_range_is_refused(num_visible):
    with pytest.raises(ValueError, match=r'0\.\.2'):
        build()(torch.randn(2, 3, 64, 32), num_visible)


def test_train_and_eval_return_self():
    model = build(MOBILENET)
    assert model.eval() is model
    assert model.train() is model


def gradients(model, x, num_visible):
    model.zero_grad()
    model(x, num_visible)[-1].square().sum().backward()
    return [p.grad.clone() for p in model.parameters()]


def test_checkpointing_gives_the_same_gradients():
    plain = build(specific=['conv1', 'bn1', 'layer1.0.bn1'])
    checkpointed = build(
        dict(RESNET, with_cp=True), specific=['conv1', 'bn1', 'layer1.0.bn1']
    )
    checkpointed.load_state_dict(plain.state_dict())
    x = torch.randn(4, 3, 64, 32)
    expected = gradients(plain, x, 1)
    for grad, other in zip(
        expected, gradients(checkpointed, x, 1), strict=True
    ):
        assert torch.allclose(grad, other, atol=1e-5)


def test_two_splits_before_one_backward_are_refused_under_checkpointing():
    x = torch.randn(4, 3, 64, 32)
    model = build(dict(RESNET, with_cp=True), specific=['layer1.0.bn1'])
    total = model(x, 1)[-1].sum() + model(x, 3)[-1].sum()
    with pytest.raises(RuntimeError, match='split its batch at 1 of 4'):
        total.backward()
    model = build(specific=['layer1.0.bn1'])
    turn_on_activation_checkpointing(model, 'backbone.layer1.0')
    total = model(x, 1)[-1].sum() + model(x, 3)[-1].sum()
    with pytest.raises(RuntimeError, match='split its batch at 1 of 4'):
        total.backward()
    model = build(specific=['layer1.0.bn1'])
    (model(x, 1)[-1].sum() + model(x, 3)[-1].sum()).backward()


def test_works_under_deepcopy_ema_amp_and_compile():
    model = build().eval()
    x = torch.randn(4, 3, 64, 32)
    with torch.no_grad():
        expected = model(x, 2)[-1]
        assert torch.equal(copy.deepcopy(model)(x, 2)[-1], expected)
        ema = ExponentialMovingAverage(model)
        ema.update_parameters(model)
        assert torch.allclose(ema(x, 2)[-1], expected, atol=1e-6)
        compiled = torch.compile(model, backend='eager')
        assert torch.allclose(compiled(x, 2)[-1], expected, atol=1e-6)
        assert torch.allclose(compiled(x, 1)[-1], model(x, 1)[-1], atol=1e-6)
        with torch.autocast('cpu', dtype=torch.bfloat16):
            low = model(x, 2)[-1]
    assert low.dtype == torch.bfloat16
    assert torch.allclose(low.float(), expected, rtol=0.1, atol=0.1)
