from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmvireid.registry import MODELS
from mmvireid.visualization import (
    draw_tsne,
    grad_cam,
    heat_sheet,
    match_heat,
    view_sheet,
)

CONFIGS = Path(__file__).parents[2] / 'configs/toplight'
TOP = CONFIGS / 'small/top_r18_32x2-500i_imagenet-mini-96.py'
FDR = CONFIGS / 'finetune/fdr/fdr_r18_p8k4-400i_regdb-96x48-top.py'
#: shrinks the ResNet-18 of a config
TINY = dict(stem_channels=8, base_channels=8)


def build(path):
    init_default_scope('mmvireid')
    torch.manual_seed(0)
    model = Config.fromfile(path).model
    model.backbone.update(init_cfg=None)
    model.backbone.backbone.update(TINY)
    model = MODELS.build({**model, 'heads': {}})
    model.init_weights()
    return model.eval()


def test_grad_cam_of_a_linear_classifier_is_its_cam():
    """Behind average pooling the channels' weights are the classifier's."""
    torch.manual_seed(0)
    feature_map = torch.randn(3, 4, 5, 2, requires_grad=True)
    weight = torch.randn(4)
    score = (feature_map.mean((2, 3)) @ weight).sum()
    heat = grad_cam(feature_map, score)
    for image, found in zip(feature_map.detach(), heat, strict=True):
        expected = torch.zeros(5, 2)
        for channel in range(4):
            expected += weight[channel] * image[channel]
        expected = expected.clamp(min=0)
        assert torch.allclose(found, expected / expected.max(), atol=1e-5)


def test_an_image_that_adds_nothing_stays_cold():
    feature_map = torch.ones(2, 1, 2, 2, requires_grad=True)
    score = feature_map[0].sum() - feature_map[1].sum()
    heat = grad_cam(feature_map, score)
    assert heat[0].eq(1).all()
    assert heat[1].eq(0).all()


class Brightness(torch.nn.Module):
    """Features are the mean of bright and of dark pixels."""

    def extract(self, images, num_visible):
        gray = images[:, :1]
        feature_map = torch.cat([gray.relu(), (-gray).relu()], 1)
        pooled = F.adaptive_avg_pool2d(feature_map, 1).flatten(1)
        return {'map': feature_map, 'bn': pooled}


def test_what_both_images_show_is_hot():
    """Both are bright at the top; one is dark at the bottom as well."""
    images = torch.zeros(2, 3, 8, 4)
    images[:, :, :2] = 1
    images[1, :, -2:] = -0.5
    heat = match_heat(Brightness(), images, 'bn')
    assert heat[:, :2].min() > 0.9
    assert heat[:, -2:].max() == 0


def test_heat_of_a_model_with_fdr():
    heat = match_heat(build(FDR), torch.randn(4, 3, 96, 48), 'bn')
    assert heat.shape == (4, 6, 3)
    assert torch.isfinite(heat).all()
    assert heat.amax((1, 2)).max() == 1


def test_heat_is_red_and_cold_is_blue():
    images = np.full((2, 3, 32, 16), 128.0)
    heat = np.zeros((2, 4, 2))
    heat[:, 0] = 1
    sheet = heat_sheet(images, heat, ['7']).astype(int)
    top, bottom = sheet[64, 12], sheet[84, 12]
    assert top[0] - top[2] > 50
    assert bottom[2] - bottom[0] > 50


def test_views_lie_below_their_image():
    originals = [np.full((3, 40, 20), 255 * i / 2) for i in range(2)]
    views = [[np.full((3, 16, 16), v) for v in (50.0, 90.0)]] * 2
    sheet = view_sheet(originals, views)
    column = sheet[:, 100]
    assert column[10].tolist() == [0, 0, 0]  # fitted into 16 x 16
    assert column[30].tolist() == [50] * 3
    assert column[50].tolist() == [90] * 3


def test_colours_of_a_map_may_tell_the_modality(saved, tmp_path):
    path = draw_tsne(saved, 'bn', tmp_path / 't.png', color_by='modality')
    image = cv2.imread(str(path))[..., ::-1].astype(int)
    for color in ((255, 127, 14), (31, 119, 180)):
        assert (np.abs(image - color).max(2) < 12).sum() > 100
    with pytest.raises(ValueError, match='color_by must be one of'):
        draw_tsne(saved, 'bn', tmp_path / 't.png', color_by='camera')


@pytest.fixture
def top_checkpoint(tmp_path):
    path = tmp_path / 'top.pth'
    torch.save(dict(state_dict=build(TOP).state_dict()), path)
    return str(path)


SMALLER = [
    '--cfg-options',
    *(f'model.backbone.backbone.{k}={v}' for k, v in TINY.items()),
]


def test_tool_draws_views_and_map(
    toy_classes, tmp_path, monkeypatch, load_tool, top_checkpoint
):
    monkeypatch.setenv('IMAGENET_MINI_ROOT', str(toy_classes))
    load_tool('tools/visualization/vis_toplight.py').main(
        [str(TOP), top_checkpoint, '--out-dir', str(tmp_path), '--number']
        + ['3', '--points', '8', *SMALLER]
    )
    sheet = cv2.imread(str(tmp_path / 'views.png')).astype(int)
    assert sheet.shape == (3 * 96 + 4 * 4, 90 + 3 * 96 + 5 * 4, 3)
    infrared = sheet[-100:-4, 94:-4]
    assert (infrared == infrared[..., :1]).all()
    assert (tmp_path / 'tsne.png').is_file()


def test_tool_probes_the_domains(
    toy_classes, monkeypatch, load_tool, top_checkpoint, capsys
):
    monkeypatch.setenv('IMAGENET_MINI_ROOT', str(toy_classes))
    load_tool('tools/analysis/domain_probe.py').main(
        [str(TOP), top_checkpoint, '--splits', '2', '--images', '24', *SMALLER]
    )
    printed = capsys.readouterr().out
    assert 'top.pth' in printed
    assert '±' in printed


def test_tool_draws_grad_cam(toy_regdb, tmp_path, monkeypatch, load_tool):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    path = tmp_path / 'fdr.pth'
    torch.save(dict(state_dict=build(FDR).state_dict()), path)
    load_tool('tools/visualization/vis_grad_cam.py').main(
        [str(FDR), str(path), '--out', str(tmp_path / 'x/g.png')]
        + ['--number', '2', *SMALLER]
    )
    sheet = cv2.imread(str(tmp_path / 'x/g.png'))
    assert sheet.shape == (18 + 4 * 96 + 6 * 4, 2 * 48 + 3 * 4, 3)
