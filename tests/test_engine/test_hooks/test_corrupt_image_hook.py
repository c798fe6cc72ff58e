import shutil
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmvireid.engine.hooks import CorruptImageHook
from mmvireid.utils.errors import UnreadableImageError


class Mean(BaseModel):
    """A model whose loss is the scaled mean of the images."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))

    def forward(self, inputs, data_samples=None, mode='tensor'):
        images = torch.stack([image.float() for image in inputs])
        return dict(loss=self.scale * images.mean())


class Iterations(Hook):
    """Counts the iterations that ran."""

    count = 0

    def after_train_iter(self, runner, *args, **kwargs):
        self.count += 1


@pytest.fixture
def train(toy_regdb, tmp_path):
    """Train one epoch of five steps on a set with one bad image of 40."""
    root = Path(shutil.copytree(toy_regdb, tmp_path / 'regdb'))
    next(iter(sorted(root.glob('Visible/1/*')))).write_bytes(b'no image')

    def run(counter=None, **hook):
        runner = Runner(
            model=Mean(),
            work_dir=str(tmp_path / 'work'),
            train_dataloader=dict(
                batch_size=8,
                num_workers=2,
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=dict(
                    type='RegDB',
                    data_root=str(root),
                    pipeline=[
                        dict(type='LoadImageFromFile'),
                        dict(type='PackCrossModalityInputs'),
                    ],
                ),
                collate_fn=dict(type='mmvireid.collate_views'),
            ),
            train_cfg=dict(by_epoch=True, max_epochs=1),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
            custom_hooks=[
                counter or Iterations(),
                dict(type='CorruptImageHook', **hook),
            ],
            default_scope='mmvireid',
            experiment_name=tmp_path.name,
        )
        runner.train()
        return runner

    return run


def test_logs_the_count_after_the_epoch(train):
    runner = train(max_fraction=0.1)
    log = Path(runner.log_dir, f'{runner.timestamp}.log').read_text()
    assert '1 of 40 training images could not be read' in log
    assert runner.epoch == 1


def test_stops_above_the_limit_with_all_saved(train, tmp_path):
    with pytest.raises(
        UnreadableImageError, match=r'1 of 40 .*\(2.5 %\).*1 %'
    ):
        train()
    assert (tmp_path / 'work/epoch_1.pth').is_file()


def test_checks_within_an_epoch(train):
    counter = Iterations()
    with pytest.raises(UnreadableImageError, match='verify_dataset'):
        train(counter, interval=1)
    assert counter.count == 1


def test_other_data_sets_are_left_alone():
    class WithLoader:
        train_dataloader = DataLoader([1, 2, 3])

    assert CorruptImageHook().check(WithLoader()) == 0


def test_limit_out_of_range():
    with pytest.raises(ValueError, match='max_fraction'):
        CorruptImageHook(max_fraction=2)
