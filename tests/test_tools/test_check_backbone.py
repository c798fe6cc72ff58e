import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

TOOL = 'tools/misc/check_backbone.py'
#: what shrinks a backbone
TINY = {
    'r50': 'depth=18, stem_channels=8, base_channels=8',
    'convnext-t': 'arch=dict(_delete_=True, depths=[1] * 4, '
    'channels=[8, 8, 16, 16])',
    'swin-t': 'arch=dict(_delete_=True, embed_dims=8, depths=[1] * 4, '
    'num_heads=[1] * 4)',
    'vit-b16': 'img_size=(96, 48), arch=dict(_delete_=True, embed_dims=16, '
    'num_layers=2, num_heads=2, feedforward_channels=32)',
    'mobilenetv3-l': "arch='small'",
}


@pytest.fixture
def tool(load_tool):
    init_default_scope('mmvireid')
    torch.manual_seed(0)
    return load_tool(TOOL)


@pytest.fixture
def write(tmp_path, request):
    def write(backbone, leaf):
        path = tmp_path / f'small_{backbone}.py'
        path.write_text(
            f"_base_ = '{request.config.rootpath}/configs/toplight/{leaf}'\n"
            f'model = dict(backbone=dict(backbone=dict({TINY[backbone]})))\n'
        )
        return str(path)

    return write


@pytest.mark.parametrize('backbone', TINY)
def test_all_backbones_with_fdr(backbone, tool, write, capsys):
    leaf = f'finetune/fdr/fdr_{backbone}_p8k4-80e_sysu-288x144-top.py'
    tool.main([write(backbone, leaf), '--image-size', '96', '48'])
    assert f'small_{backbone}' in capsys.readouterr().out


@pytest.mark.parametrize('backbone', ['mobilenetv3-l', 'vit-b16'])
def test_pretraining(backbone, tool, write):
    leaf = f'top_{backbone}_36x2-70e_imagenet-mini-224.py'
    row = tool.check(write(backbone, leaf), (64, 64))
    assert len(row) == 6
    assert float(row[-1]) < 1e-4


def test_the_search_of_norms(tool, tmp_path, request):
    path = tmp_path / 'search.py'
    leaf = 'cm-nas-search_r18-half_p8k4-600i_regdb-96x48.py'
    path.write_text(
        f"_base_ = '{request.config.rootpath}/configs/cm_nas/search/{leaf}'\n"
        'model = dict(backbone=dict(backbone=dict('
        'stem_channels=8, base_channels=8)))\n'
    )
    cfg = Config.fromfile(path)
    plain = tool.write_plain_weights(cfg, tmp_path / 'plain.pth')
    model = tool.build(cfg, tmp_path / 'plain.pth')
    tool.check_loaded(model, plain)
    with torch.no_grad():
        model.backbone.backbone.bn1.shared.weight += 1
    with pytest.raises(RuntimeError, match='bn1.shared.weight'):
        tool.check_loaded(model, plain)


def test_a_weight_that_was_not_loaded_is_noticed(tool, write, tmp_path):
    leaf = 'finetune/agw/agw_r50_p8k4-80e_sysu-288x144-top.py'
    cfg = Config.fromfile(write('r50', leaf))
    plain = tool.write_plain_weights(cfg, tmp_path / 'plain.pth')
    model = tool.build(cfg, tmp_path / 'plain.pth')
    tool.check_loaded(model, plain)
    with torch.no_grad():
        model.backbone.backbone.conv1.infrared.weight[0, 0, 0, 0] += 1
    with pytest.raises(RuntimeError, match='conv1.infrared.weight'):
        tool.check_loaded(model, plain)
