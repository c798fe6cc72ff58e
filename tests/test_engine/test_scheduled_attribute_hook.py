import math
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from toy_training import build_runner, losses_of

from mmvireid.engine import ScheduledAttributeHook
from mmvireid.models.layers import GradientReversal


class Recorder(Hook):
    """Notes the value that each iteration saw."""

    def __init__(self):
        self.seen = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.seen.append(runner.model.heads['id'].scale)


def run(work_dir, epochs=4, resume=False, **cfg):
    recorder = Recorder()
    hook = dict(type='ScheduledAttributeHook', target='heads.id.scale', **cfg)
    runner = build_runner(
        work_dir, epochs, custom_hooks=[hook, recorder], resume=resume
    )
    runner.train()
    return recorder.seen, losses_of(runner)


def test_steps_by_epoch_and_resume(tmp_path):
    schedule = {1: 0.5, 3: 0.0}
    seen, losses = run(tmp_path, schedule=schedule)
    assert seen == [1.0] * 3 + [0.5] * 6 + [0.0] * 3
    assert losses[-3:] == [0.0] * 3
    run(tmp_path / 'parts', 2, schedule=schedule)
    seen, _ = run(tmp_path / 'parts', 4, resume=True, schedule=schedule)
    assert seen == [0.5] * 3 + [0.0] * 3


def test_line_by_iteration(tmp_path):
    cfg = dict(schedule={2: 0.0, 6: 1.0}, by_epoch=False, form='linear')
    seen, _ = run(tmp_path, **cfg)
    assert seen == pytest.approx([1, 1, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1])


@pytest.mark.parametrize('by_epoch', [True, False])
def test_the_end_is_that_of_training(tmp_path, by_epoch):
    cfg = dict(schedule={0: 0.0, 'end': 1.0}, by_epoch=by_epoch, form='linear')
    seen, _ = run(tmp_path, **cfg)
    expected = [i // 3 / 4 if by_epoch else i / 12 for i in range(12)]
    assert seen == pytest.approx(expected)


def test_a_step_beyond_the_end(tmp_path):
    with pytest.raises(ValueError, match='beyond the end of training, 4'):
        run(tmp_path, schedule={0: 0.0, 9: 0.5, 'end': 1.0})


def test_schedule_survives_a_dumped_config(tmp_path):
    hook = dict(type='ScheduledAttributeHook', target='a.b',
                schedule={0: False, 10: True, 'end': True})  # fmt: skip
    cfg = Config(dict(custom_hooks=[hook]))
    for name in ('cfg.py', 'cfg.json'):
        cfg.dump(tmp_path / name)
        loaded = Config.fromfile(tmp_path / name).custom_hooks[0]
        loaded.pop('type')
        found = ScheduledAttributeHook(**loaded)
        assert (found.value(9), found.value(10)) == (False, True)


@pytest.mark.parametrize(
    ('target', 'near'),
    [('heads.ad.scale', 'Near ones: .*heads.id'), ('heads.id.scal', 'scale')],
)
def test_wrong_target_lists_near_ones(tmp_path, target, near):
    hook = dict(type='ScheduledAttributeHook', target=target, schedule={0: 1})
    runner = build_runner(tmp_path, custom_hooks=[hook])
    with pytest.raises(AttributeError, match=near):
        runner.train()


def test_properties_are_near_ones_too():
    model = torch.nn.ModuleDict(dict(reversal=GradientReversal()))
    hook = ScheduledAttributeHook('reversal.strenght', {0: 0.0})
    with pytest.raises(AttributeError, match='Near ones: strength'):
        hook.before_train(SimpleNamespace(model=model))


def test_wrong_schedules():
    with pytest.raises(ValueError, match='empty'):
        ScheduledAttributeHook('a.b', {})
    with pytest.raises(ValueError, match='numbers'):
        ScheduledAttributeHook('a.b', {0: False}, form='linear')


def test_sigmoid_form_rises_as_the_gradient_reversal_does():
    hook = ScheduledAttributeHook(
        'a.b', {10: 0.0, 110: 0.3}, by_epoch=False, form='sigmoid'
    )
    assert hook.value(9) is None
    assert hook.value(10) == 0
    for step, share in ((20, 0.1), (60, 0.5), (109, 0.99)):
        expected = 0.3 * (2 / (1 + math.exp(-10 * share)) - 1)
        assert hook.value(step) == pytest.approx(expected)
    assert hook.value(500) == 0.3


def test_unknown_form():
    with pytest.raises(ValueError, match='form must be one of'):
        ScheduledAttributeHook('a.b', {0: 1.0}, form='cubic')
