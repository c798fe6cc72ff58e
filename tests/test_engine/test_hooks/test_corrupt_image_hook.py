import logging
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

from mmvireid.datasets import RegDB, collate_views
from mmvireid.engine.hooks.corrupt_image_hook import CorruptImageHook

PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='PackCrossModalityInputs'),
]


@pytest.fixture
def runner(toy_regdb, tmp_path):
    """What the hook reads of a runner, over a data set with one bad image."""
    init_default_scope('mmvireid')
    root = Path(shutil.copytree(toy_regdb, tmp_path / 'regdb'))
    dataset = RegDB(root, pipeline=PIPELINE)
    Path(dataset.get_data_info(4)['img_path']).write_bytes(b'no image')
    loader = DataLoader(
        dataset, batch_size=8, num_workers=2, collate_fn=collate_views
    )
    for _ in loader:
        pass
    return SimpleNamespace(
        train_dataloader=loader, logger=logging.getLogger('test'), iter=499
    )


def test_logs_the_count(runner, caplog):
    CorruptImageHook(max_fraction=0.1).after_train_epoch(runner)
    assert '1 of 40 training images could not be read' in caplog.text


def test_stops_above_the_limit(runner):
    hook = CorruptImageHook()
    with pytest.raises(RuntimeError, match=r'1 of 40 .*\(2.5 %\).*1 %'):
        hook.after_train_epoch(runner)
    with pytest.raises(RuntimeError, match='verify_dataset'):
        hook.after_train_iter(runner, 499)
    runner.iter = 498
    hook.after_train_iter(runner, 498)


def test_other_data_sets_are_left_alone(runner):
    runner.train_dataloader = DataLoader([1, 2, 3])
    assert CorruptImageHook().check(runner) == 0


def test_limit_out_of_range():
    with pytest.raises(ValueError, match='max_fraction'):
        CorruptImageHook(max_fraction=2)
