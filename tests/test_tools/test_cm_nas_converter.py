"""Official checkpoints of CM-NAS become ours."""

import pytest
import torch
from mmengine.registry import init_default_scope

from mmvireid.models.backbones import build_plain, find_norms
from mmvireid.registry import MODELS
from mmvireid.utils.official_cm_nas import convert_official_cm_nas

TOOL = 'tools/model_converters/official_cm_nas_to_mmvireid.py'
RESNET = dict(type='mmpretrain.ResNet', depth=50)
SMALL = dict(stem_channels=4, base_channels=4)
COPIES = ('thermal_bn', 'visible_bn', 'sharable_bn')


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def official_weights():
    """Weights under the names of the official network."""
    plain = build_plain({**RESNET, **SMALL})
    norms = find_norms(plain)
    weights = {}
    for key, value in plain.state_dict().items():
        value = torch.rand_like(value.float()).to(value.dtype)
        name, _, leaf = key.rpartition('.')
        theirs = name.replace('downsample.0', 'downsample.conv')
        theirs = theirs.replace('downsample.1', 'downsample.bn')
        if name in norms:
            for i, copied in enumerate(COPIES):
                weights[f'backbone.{theirs}.{copied}.{leaf}'] = value + i
        else:
            weights[f'backbone.{theirs}.{leaf}'] = value
    width = plain.state_dict()['layer4.2.conv3.weight'].shape[0]
    for key, value in torch.nn.BatchNorm1d(width).state_dict().items():
        weights[f'bnneck.{key}'] = value
    weights['classifier.weight'] = torch.rand(7, width)
    return {f'module.{k}': v for k, v in weights.items()}, norms


def build_model(norms, separate):
    model = dict(
        type='CrossModalityModel',
        backbone=dict(
            type='TwoStream',
            backbone={**RESNET, **SMALL},
            specific=[name for name in norms if separate[name]],
        ),
        neck=dict(type='BNNeck'),
        heads=dict(id=dict(type='IdentityHead')),
        num_identities=7,
    )
    return MODELS.build(model)


def test_converted_weights_fill_the_model():
    weights, norms = official_weights()
    separate = {name: i % 3 == 0 for i, name in enumerate(norms)}
    converted, unused = convert_official_cm_nas(weights, separate)
    model = build_model(norms, separate)
    model.load_state_dict(converted)
    # one copy of the separate norms is left, two of the shared
    assert len(unused) == 5 * (18 + 2 * 35)
    body = model.backbone.backbone
    for ours, theirs in (
        (body.bn1.visible, 'bn1.visible_bn'),
        (body.bn1.infrared, 'bn1.thermal_bn'),
        (body.layer1[0].downsample[1], 'layer1.0.downsample.bn.sharable_bn'),
        (body.layer1[0].bn2.infrared, 'layer1.0.bn2.thermal_bn'),
        (body.layer1[0].downsample[0], 'layer1.0.downsample.conv'),
        (body.layer4[2].conv3, 'layer4.2.conv3'),
    ):
        expected = weights[f'module.backbone.{theirs}.weight']
        assert torch.equal(ours.weight, expected), theirs
    assert torch.equal(
        model.heads['id'].fc.weight, weights['module.classifier.weight']
    )


def test_another_network_is_refused():
    weights, norms = official_weights()
    separate = dict.fromkeys([*norms[1:], 'other'], True)
    with pytest.raises(ValueError, match=r"lacks 3 .*'other.*and has 3 "):
        convert_official_cm_nas(weights, separate)


@pytest.mark.parametrize(
    ('lost', 'message'),
    [
        (r'layer1.0.bn1.visible_bn.', r"lacks 1 .*layer1.0.bn1.visible_bn'"),
        ('classifier.', 'must hold the classifier'),
    ],
)
def test_incomplete_checkpoints_are_refused(lost, message):
    weights, norms = official_weights()
    weights = {k: v for k, v in weights.items() if lost not in k}
    with pytest.raises(ValueError, match=message):
        convert_official_cm_nas(weights, dict.fromkeys(norms, True))


def test_tool(tmp_path, load_tool, capsys):
    weights, norms = official_weights()
    source, config = tmp_path / 'official.pth', tmp_path / 'network.cfg'
    torch.save(dict(epoch=120, model=weights, ema=weights), source)
    config.write_text(' '.join('01'[i % 2] for i in range(53)))
    target = tmp_path / 'ours.pth'
    arguments = [str(source), str(target), '--architecture', str(config)]
    load_tool(TOOL).main(arguments)
    output = capsys.readouterr().out
    assert 'for 7 identities; 27 of 53 norms are separate' in output
    assert 'Not used' in output
    saved = torch.load(target)
    separate = {name: i % 2 == 0 for i, name in enumerate(norms)}
    model = build_model(norms, separate)
    model.load_state_dict(saved['state_dict'])
    assert saved['meta'] == dict(converted_from='official.pth')
    config.write_text('0 1')
    with pytest.raises(SystemExit, match='53 norms'):
        load_tool(TOOL).main(arguments)
