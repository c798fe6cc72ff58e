import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import CheckpointLoader
from toy_training import build_runner, losses_of

EMA = dict(type='EMAHook', momentum=0.1, update_buffers=True)
NONE = dict(num_workers=0)
TWO = dict(num_workers=2)
THREE = dict(num_workers=3)
PERSISTENT = dict(num_workers=2, persistent_workers=True)


class StopHook(Hook):
    def before_train_epoch(self, runner):
        if runner.epoch == 2:
            raise KeyboardInterrupt


def train(work_dir, workers, stop=False, **changes):
    hooks = [dict(type='EpochSeedHook'), EMA] + [StopHook()] * stop
    runner = build_runner(
        work_dir, workers=workers, custom_hooks=hooks, **changes
    )
    if stop:
        with pytest.raises(KeyboardInterrupt):
            runner.train()
        return None
    runner.train()
    path = f'{work_dir}/epoch_4.pth'
    return runner, CheckpointLoader.load_checkpoint(path)


def assert_same(left, right, name=''):
    """Compare two nested states to the last bit."""
    assert type(left) is type(right), name
    if isinstance(left, dict):
        assert list(left) == list(right), name
        for key in left:
            assert_same(left[key], right[key], f'{name}.{key}')
    elif isinstance(left, (list, tuple)):
        assert len(left) == len(right), name
        for i, pair in enumerate(zip(left, right, strict=True)):
            assert_same(*pair, f'{name}.{i}')
    elif isinstance(left, torch.Tensor):
        assert torch.equal(left, right), name
    else:
        assert left == right, name


@pytest.mark.parametrize(
    ('workers', 'resumed_workers'),
    [(NONE, NONE), (TWO, TWO), (PERSISTENT, THREE)],
    ids=['none', 'two', 'persistent, then others'],
)
def test_stopped_and_resumed_equals_uninterrupted(
    tmp_path, workers, resumed_workers
):
    whole, expected = train(tmp_path / 'whole', workers)
    train(tmp_path / 'parts', resumed_workers, stop=True)
    resumed, found = train(tmp_path / 'parts', resumed_workers, resume=True)

    assert losses_of(resumed) == losses_of(whole)
    assert len(losses_of(whole)) == 12
    for part in ('state_dict', 'ema_state_dict', 'optimizer'):
        assert_same(found[part], expected[part], part)
    assert_same(found['param_schedulers'], expected['param_schedulers'])


def test_epochs_and_seeds_differ(tmp_path):
    runner = build_runner(tmp_path, workers=TWO)
    batches = []
    hook = next(h for h in runner.hooks if type(h).__name__ == 'EpochSeedHook')
    loop = runner.train_loop
    hook.before_train(runner)
    for epoch, seed in ((0, 3), (1, 3), (0, 4), (0, 3)):
        loop._epoch, runner._seed = epoch, seed
        hook.before_train_epoch(runner)
        main = torch.rand(1)
        runner.train_dataloader.sampler.set_epoch(0)
        points = torch.cat([points for points, _ in runner.train_dataloader])
        batches.append(torch.cat([main, points.flatten()]))
    first, other_epoch, other_seed, again = batches
    assert torch.equal(first, again)
    assert (first != other_epoch).all()
    assert (first != other_seed).all()
