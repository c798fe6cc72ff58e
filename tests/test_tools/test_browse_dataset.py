import sys
from pathlib import Path

import mmcv
import pytest

from mmvireid.visualization.tiles import GAP, GREEN, RED

CONFIG = Path(__file__).parents[2] / 'configs/_base_/datasets/regdb_96x48.py'


def sheet_shape(rows, columns, image):
    height, width = image[0] + 4 + 36, image[1] + 4
    return (
        rows * (height + GAP) + GAP,
        columns * (width + GAP) + GAP,
        3,
    )


@pytest.mark.parametrize('phase', ['train', 'test'])
def test_writes_contact_sheets(
    load_tool, monkeypatch, toy_regdb, tmp_path, phase
):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    argv = ['x', str(CONFIG), '--output-dir', str(tmp_path)]
    argv += ['--phase', phase, '--columns', '8']
    monkeypatch.setattr(sys, 'argv', argv)
    load_tool('tools/visualization/browse_dataset.py').main()
    sheet = mmcv.imread(str(tmp_path / f'{phase}_000.png'))
    rows = {'train': 64, 'test': 16}[phase] // 8
    # 96 x 48 images are doubled and framed, below two lines of text
    assert sheet.shape == sheet_shape(rows, 8, (192, 96))
    assert sheet.std() > 20


def test_draws_boxes_in_scenes(load_tool, monkeypatch, toy_prw, tmp_path):
    monkeypatch.setenv('PRW_ROOT', str(toy_prw))
    argv = ['x', str(CONFIG.with_name('prw_192.py')), '--columns', '4']
    argv += ['--output-dir', str(tmp_path)]
    monkeypatch.setattr(sys, 'argv', argv)
    load_tool('tools/visualization/browse_dataset.py').main()
    sheet = mmcv.imread(str(tmp_path / 'train_000.png'))
    assert sheet.shape == sheet_shape(2, 4, (192, 192))
    pure = [
        (sheet[..., ::-1] == color).all(axis=2).sum() for color in (RED, GREEN)
    ]
    assert min(pure) > 20
