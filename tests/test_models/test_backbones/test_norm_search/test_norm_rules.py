"""The space of norms, architecture files, and rules that choose."""

import json

import pytest
import torch
from mmengine.registry import init_default_scope

from mmvireid.models.backbones import (
    ModalitySpecific,
    NormArchitecture,
    NormSearchTwoStream,
    NormsWithin,
    RandomNorms,
    TwoStream,
    build_plain,
    find_norms,
    read_architecture,
    write_architecture,
)

SMALL = dict(stem_channels=8, base_channels=8)
RESNET = dict(type='mmpretrain.ResNet', depth=18, **SMALL)
RESNET50 = dict(RESNET, depth=50)
CONVNEXT = dict(
    type='mmpretrain.ConvNeXt',
    arch=dict(depths=[1, 1, 1, 1], channels=[8, 8, 16, 16]),
)
SWIN = dict(
    type='mmpretrain.SwinTransformer',
    arch=dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4),
)


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def norms_of(backbone, **kwargs):
    return find_norms(build_plain(backbone), **kwargs)


def test_order_of_the_official_integers():
    names = norms_of(RESNET50)
    assert len(names) == 53
    places = {
        'bn1': 0,
        'layer1.0.downsample.1': 1,
        'layer1.0.bn1': 2,
        'layer1.0.bn2': 3,
        'layer1.0.bn3': 4,
        'layer1.1.bn1': 5,
        'layer2.0.downsample.1': 11,
        'layer2.0.bn1': 12,
        'layer4.2.bn3': 52,
    }
    assert {name: names.index(name) for name in places} == places
    # stage by stage: 1 + 3 blocks of 3, and so on
    stages = [name.split('.')[0] for name in names]
    assert stages == ['bn1'] + [
        f'layer{i}'
        for i, count in ((1, 10), (2, 13), (3, 19), (4, 10))
        for _ in range(count)
    ]
    assert len(norms_of(RESNET)) == 20


def test_space_is_named_by_type():
    by_name = norms_of(CONVNEXT, norm_types=['LayerNorm2d'])
    assert norms_of(CONVNEXT) == by_name
    assert len(by_name) == 9
    swin = norms_of(SWIN)
    assert 'stages.0.blocks.0.norm1' in swin
    assert 'patch_embed.norm' in swin
    assert swin == norms_of(SWIN, norm_types=['LayerNorm'])
    with pytest.raises(ValueError, match=r"no norm .*'LayerNorm'.*BatchNorm"):
        norms_of(RESNET, norm_types=['LayerNorm'])


@pytest.mark.parametrize('suffix', ['.json', '.txt', '.cfg'])
def test_files_read_back_what_was_written(tmp_path, suffix):
    names = norms_of(RESNET)
    separate = {name: i % 3 == 0 for i, name in enumerate(names)}
    path = tmp_path / f'a{suffix}'
    write_architecture(path, separate)
    assert read_architecture(path, names) == separate
    text = path.read_text()
    if suffix == '.json':
        assert json.loads(text)['separate'] == names[::3]
    else:
        assert text == '0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1\n'


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('0 1 1', 'each of the 20 norms .* holds 3'),
        (' '.join(['2'] * 20), r"holds 20, \['2'\]"),
        ('', 'holds 0'),
        ('{"separate": ["bn1"]}', "failed: KeyError"),
        ('{"separate": ["bn1"], "shared": []}', '19 missing'),
        ('{"separate": ["bm1"], "shared": []}', r"near ones: \['bn1'"),
        ('{"separate": "', 'must be a JSON object'),
    ],
)  # fmt: skip
def test_unfit_files_are_refused(tmp_path, text, message):
    path = tmp_path / 'architecture'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_architecture(path, norms_of(RESNET))


def test_checkpoints_are_no_architecture_files(tmp_path):
    path = tmp_path / 'epoch_1.pth'
    torch.save(dict(state_dict={'a': torch.rand(9)}), path)
    with pytest.raises(ValueError, match='it is binary. Make one of a'):
        read_architecture(path, norms_of(RESNET))


def test_missing_file_says_where_it_comes_from(tmp_path):
    with pytest.raises(FileNotFoundError, match='CM_NAS_ARCHITECTURE'):
        NormArchitecture(str(tmp_path / 'no.json')).choose(['bn1'])


def specific_of(model):
    return [
        name
        for name, module in model.backbone.named_modules()
        if isinstance(module, ModalitySpecific)
    ]


def test_only_the_chosen_norms_are_built(tmp_path):
    names = norms_of(RESNET)
    path = tmp_path / 'architecture.txt'
    write_architecture(path, {name: name == 'bn1' for name in names})
    rule = dict(type='NormArchitecture', file=str(path))
    model = TwoStream(dict(RESNET), specific=rule)
    assert specific_of(model) == ['bn1']
    plain = sum(p.numel() for p in build_plain(RESNET).parameters())
    found = sum(p.numel() for p in model.parameters())
    assert found == plain + 2 * 8


@pytest.mark.parametrize(
    ('parts', 'count'),
    [(None, 20), (['bn1'], 1), (['layer1', 'layer4'], 4 + 5), ([], 0)],
)
def test_norms_within_parts(parts, count):
    names = NormsWithin(parts).choose(norms_of(RESNET))
    assert len(names) == count
    with pytest.raises(ValueError, match='"layer"'):
        NormsWithin(['layer']).choose(norms_of(RESNET))


def test_random_norms_follow_the_seed():
    names = norms_of(RESNET50)
    drawn = [RandomNorms(seed).choose(names) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert 15 < len(drawn[0]) < 38
    assert RandomNorms(probability=1.0).choose(names) == names


def test_all_shared_equals_the_plain_network():
    """Whether it is built so or searched to the end, in every split."""
    search = NormSearchTwoStream(dict(RESNET50)).eval()
    for norm in search.routed_modules:
        norm.architecture.data = torch.tensor([-800.0, 0.0])
    plain = build_plain(RESNET50)
    plain.eval()  # returns nothing
    search.backbone.load_state_dict(plain.state_dict(), strict=False)
    shared = TwoStream(dict(RESNET50), specific=[]).eval()
    shared.backbone.load_state_dict(plain.state_dict())
    x = torch.randn(4, 3, 64, 32)
    for num_visible in (0, 2, 4):
        with torch.no_grad():
            expected = plain(x)[-1]
            assert torch.equal(shared(x, num_visible)[-1], expected)
            found = search(x, num_visible)[-1]
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def test_all_separate_with_equal_halves_keeps_equal_statistics():
    """Both halves of a batch are the same images."""
    model = TwoStream(dict(RESNET), specific=dict(type='NormsWithin')).train()
    half = torch.randn(3, 3, 64, 32)
    model(torch.cat((half, half)), 3)
    assert len(model.routed_modules) == 20
    for norm in model.routed_modules:
        assert torch.equal(
            norm.visible.running_mean, norm.infrared.running_mean
        )
        assert torch.equal(norm.visible.running_var, norm.infrared.running_var)
        assert norm.visible.num_batches_tracked == 1
