import sys
from pathlib import Path

import mmcv
import pytest

#: BGR of unknown and known persons
BOX_COLORS = ((0, 0, 255), (0, 255, 0))
CONFIG = Path(__file__).parents[2] / 'configs/_base_/datasets/regdb_96x48.py'


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
    # 96 x 48 images are doubled and framed
    assert sheet.shape == (rows * (192 + 32), 8 * (96 + 4), 3)
    assert sheet.std() > 20


def test_draws_boxes_in_scenes(load_tool, monkeypatch, toy_prw, tmp_path):
    monkeypatch.setenv('PRW_ROOT', str(toy_prw))
    argv = ['x', str(CONFIG.with_name('prw_192.py')), '--columns', '4']
    argv += ['--output-dir', str(tmp_path)]
    monkeypatch.setattr(sys, 'argv', argv)
    load_tool('tools/visualization/browse_dataset.py').main()
    sheet = mmcv.imread(str(tmp_path / 'train_000.png'))
    assert sheet.shape == (2 * (192 + 32), 4 * (192 + 4), 3)
    pure = [(sheet == color).all(axis=2).sum() for color in BOX_COLORS]
    assert min(pure) > 20
