import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from mmpretrain.models import ResNet
from torch import nn

from mmvireid.models.layers import NonLocalBlock
from mmvireid.registry import MODELS
from mmvireid.utils.official_agw import convert_official_agw
from mmvireid.utils.official_mmgl import convert_to_official_mmgl

TOOL = 'tools/model_converters/official_agw_to_mmvireid.py'
SMALL = dict(stem_channels=4, base_channels=4, strides=(1, 2, 2, 1))


class OfficialNonLocal(nn.Module):
    def __init__(self, channels, inner):
        super().__init__()
        self.g = nn.Sequential(nn.Conv2d(channels, inner, 1))
        self.W = nn.Sequential(
            nn.Conv2d(inner, channels, 1), nn.BatchNorm2d(channels)
        )
        self.theta = nn.Conv2d(channels, inner, 1)
        self.phi = nn.Conv2d(channels, inner, 1)


class OfficialLayout(nn.Module):
    """The names of the official network, with few channels."""

    def __init__(self, non_local=True, halve=False):
        super().__init__()
        for module, name in (
            ('visible_module', 'visible'),
            ('thermal_module', 'thermal'),
            ('base_resnet', 'base'),
        ):
            resnet = ResNet(50, **SMALL)
            self.add_module(module, nn.ModuleDict({name: resnet}))
        if non_local:
            self.NL_2 = nn.ModuleList(
                OfficialNonLocal(32, 16 if halve else 1) for _ in range(2)
            )
            self.NL_3 = nn.ModuleList(
                OfficialNonLocal(64, 32 if halve else 1) for _ in range(3)
            )
        self.bottleneck = nn.BatchNorm1d(128)
        self.classifier = nn.Linear(128, 7, bias=False)


def official_weights(**kwargs) -> dict:
    torch.manual_seed(0)
    weights = OfficialLayout(**kwargs).state_dict()
    return {
        key: torch.randn_like(value) if value.is_floating_point() else value
        for key, value in weights.items()
    }


def build_model(backbone='NonLocalResNet', **kwargs):
    init_default_scope('mmvireid')
    return MODELS.build(
        dict(
            type='CrossModalityModel',
            backbone=dict(
                type='TwoStream',
                backbone=dict(type=backbone, depth=50, **SMALL, **kwargs),
            ),
            neck=dict(type='BNNeck'),
            heads=dict(id=dict(type='IdentityHead')),
            num_identities=7,
        )
    )


def test_converted_weights_fill_the_model():
    official = official_weights()
    assert len(official) == 1025
    converted, unused = convert_official_agw(official)
    model = build_model()
    model.load_state_dict(converted)
    assert len(unused) == 1025 - len(converted)
    assert 'visible_module.visible.layer1.0.conv1.weight' in unused
    assert 'base_resnet.base.conv1.weight' in unused

    body = model.backbone.backbone
    for ours, key in [
        (body.conv1.visible, 'visible_module.visible.conv1'),
        (body.bn1.infrared, 'thermal_module.thermal.bn1'),
        (body.layer3[5].bn2, 'base_resnet.base.layer3.5.bn2'),
        (body.layer2[0].downsample[0], 'base_resnet.base.layer2.0.'
                                       'downsample.0'),
        (body.layer2[3].non_local.theta, 'NL_2.1.theta'),
        (body.layer3[3].non_local.g, 'NL_3.0.g.0'),
        (model.neck.bn, 'bottleneck'),
        (model.heads['id'].fc, 'classifier'),
    ]:  # fmt: skip
        assert torch.equal(ours.weight, official[f'{key}.weight'])


def official_non_local(block: OfficialNonLocal, x):
    theta, phi, g = (
        conv(x).flatten(2) for conv in (block.theta, block.phi, block.g)
    )
    affinity = theta.transpose(1, 2) @ phi / theta.shape[-1]
    y = (affinity @ g.transpose(1, 2)).transpose(1, 2)
    return x + block.W(y.reshape(len(x), -1, *x.shape[2:]))


def test_converted_block_computes_the_same():
    torch.manual_seed(0)
    official = OfficialLayout(halve=True).eval()
    official.NL_3[2].W[1].weight.data.normal_()
    converted, _ = convert_official_agw(official.state_dict())
    prefix = 'backbone.backbone.layer3.5.non_local.'
    block = NonLocalBlock(64, None).eval()
    block.load_state_dict(
        {k.removeprefix(prefix): v for k, v in converted.items()
         if k.startswith(prefix)}
    )  # fmt: skip
    x = torch.randn(2, 64, 5, 3)
    expected = official_non_local(official.NL_3[2], x)
    assert torch.allclose(block(x), expected, atol=1e-5)


def test_the_baseline_has_no_non_local_blocks():
    converted, _ = convert_official_agw(official_weights(non_local=False))
    keys = build_model('mmpretrain.ResNet').load_state_dict(converted)
    assert not any(keys)
    assert not any('non_local' in key for key in converted)


def test_missing_weights_are_named():
    official = official_weights()
    del official['NL_3.1.W.1.weight'], official['bottleneck.bias']
    with pytest.raises(
        ValueError, match='lacks 2 .*NL_3.1.W.1.weight, bottleneck.bias'
    ):
        convert_official_agw(official)


@pytest.mark.parametrize(('halve', 'inner'), [(False, 1), (True, None)])
def test_tool(tmp_path, capsys, load_tool, halve, inner):
    weights = official_weights(halve=halve)
    src, dst = tmp_path / 'official.t', tmp_path / 'new' / 'ours.pth'
    weights = {f'module.{key}': value for key, value in weights.items()}
    torch.save(
        dict(net=weights, acc=np.ones(3), mAP=np.float64(0.5), epoch=8), src
    )
    load_tool(TOOL).main([str(src), str(dst)])
    printed = capsys.readouterr().out
    assert '395 weights for 7 identities' in printed
    assert f'inter_channels={inner}.' in printed
    assert 'Not used (630)' in printed
    assert '\n  thermal_module.thermal.layer4.2.bn3.weight\n' in printed
    assert [p.name for p in dst.parent.iterdir()] == ['ours.pth']

    checkpoint = torch.load(dst, weights_only=True)
    assert checkpoint['meta'] == dict(converted_from='official.t')
    model = build_model(inter_channels=inner)
    model.load_state_dict(checkpoint['state_dict'])


def released_mmgl() -> dict:
    """AGW's encoder without neck and classifier, with pretext layers."""
    weights = {
        key: value
        for key, value in official_weights().items()
        if not key.startswith(('bottleneck', 'classifier'))
    }
    weights['fc1.weight'] = torch.randn(36, 128)
    weights['fc2.weight'] = torch.randn(6, 16)
    weights['local_conv_list.0.0.weight'] = torch.randn(16, 128, 1, 1)
    return weights


def test_released_mmgl_encoder_and_back(tmp_path, capsys, load_tool):
    tool = load_tool(
        'tools/model_converters/official_mmgl_to_mmvireid.py'
    ).main
    released = released_mmgl()
    src, dst, back = (
        str(tmp_path / name) for name in ('src.pth', 'dst.pth', 'back.pth')
    )
    torch.save(released, src)
    tool([src, dst])
    printed = capsys.readouterr().out
    for key in ('fc1.weight', 'fc2.weight', 'local_conv_list.0.0.weight'):
        assert f'  {key}\n' in printed

    model = build_model()
    converted = torch.load(dst, weights_only=True)['state_dict']
    # every weight of the encoder is there, and no other
    backbone = {k for k in model.state_dict() if k.startswith('backbone.')}
    assert set(converted) == backbone
    model.load_state_dict(converted, strict=False)
    stem = model.backbone.backbone.conv1.infrared.weight
    assert torch.equal(stem, released['thermal_module.thermal.conv1.weight'])

    torch.save(dict(state_dict=model.state_dict()), dst)
    tool([dst, back, '--reverse'])
    assert '  heads.id.fc.weight\n' in capsys.readouterr().out
    restored = torch.load(back, weights_only=True)
    assert len(restored) == len(converted)
    for key, value in restored.items():
        assert torch.equal(value, released[key]), key


def test_reverse_needs_a_resnet_50():
    with pytest.raises(ValueError, match='two-stream ResNet-50'):
        convert_to_official_mmgl({'heads.id.fc.weight': torch.ones(1)})
