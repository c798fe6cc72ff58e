"""Training that goes on from its own average."""

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import CheckpointLoader
from test_exact_resume import assert_same
from toy_training import build_runner

from mmvireid.engine.hooks import EMARestartHook

DECAY = 0.9


class Reference(Hook):
    """Averages and restarts by hand, and notes what each epoch starts from."""

    priority = 'LOWEST'

    def __init__(self, interval):
        self.interval = interval
        self.started, self.tested = [], []

    def before_train(self, runner):
        self.average = state(runner)

    def after_train_iter(self, runner, **kwargs):
        for key, value in state(runner).items():
            old = self.average[key]
            self.average[key] = DECAY * old + (1 - DECAY) * value

    def before_train_epoch(self, runner):
        self.started.append((state(runner), dict(self.average)))

    def before_val_epoch(self, runner):
        self.tested.append((state(runner), dict(self.average)))


class Stop(Hook):
    """Ends training at the start of the third epoch."""

    def before_train_epoch(self, runner):
        if runner.epoch == 2:
            raise KeyboardInterrupt


def state(runner):
    return {
        key: value.clone()
        for key, value in runner.model.state_dict().items()
        if value.is_floating_point()
    }


def run(work_dir, interval=2, hooks=(), **changes):
    restart = dict(type='EMARestartHook', decay=DECAY, interval=interval)
    hooks = [dict(type='EpochSeedHook'), restart, *hooks]
    runner = build_runner(work_dir, custom_hooks=hooks, **changes)
    runner.train()
    return runner


def same(left, right):
    return all(torch.allclose(left[k], right[k], atol=1e-6) for k in right)


@pytest.mark.parametrize('interval', [0, 1, 2])
def test_restarts_from_the_average_after_testing(tmp_path, interval):
    reference = Reference(interval)
    run(tmp_path, interval, [reference])
    assert len(reference.started) == 4
    for epoch, pair in enumerate(reference.started[1:], start=1):
        assert same(*pair) == bool(interval and epoch % interval == 0)
    # What is tested is the model itself.
    assert not any(same(*pair) for pair in reference.tested)


class SetBuffer(Hook):
    """Sets a buffer that is no statistic, as a search its temperature."""

    priority = 'HIGH'

    def before_train_epoch(self, runner):
        runner.model.ballast.fill_(runner.epoch)


def test_what_is_set_is_not_averaged(tmp_path):
    hooks = [SetBuffer()]
    runner = run(tmp_path, 1, hooks, model=dict(ballast=1), max_epochs=3)
    assert runner.model.ballast.item() == 2


def test_decay_that_is_no_share():
    with pytest.raises(ValueError, match='decay is the share .* is 3'):
        EMARestartHook(decay=3, interval=1)


def test_switched_off_leaves_no_trace(tmp_path):
    run(tmp_path / 'off', 0)
    off = CheckpointLoader.load_checkpoint(str(tmp_path / 'off/epoch_4.pth'))
    plain = build_runner(tmp_path / 'plain')
    plain.train()
    expected = CheckpointLoader.load_checkpoint(
        str(tmp_path / 'plain/epoch_4.pth')
    )
    assert 'ema_restart' not in off
    assert_same(off['state_dict'], expected['state_dict'])


def test_stopped_and_resumed_equals_uninterrupted(tmp_path):
    run(tmp_path / 'whole')
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / 'parts', hooks=[Stop()])
    run(tmp_path / 'parts', resume=True)
    expected, found = (
        CheckpointLoader.load_checkpoint(str(tmp_path / f'{name}/epoch_4.pth'))
        for name in ('whole', 'parts')
    )
    for part in ('state_dict', 'ema_restart', 'optimizer'):
        assert_same(found[part], expected[part], part)
