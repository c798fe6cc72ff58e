"""What configs schedule ends with their training and finds its target."""

import math
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmvireid.engine.hooks import ScheduledAttributeHook
from mmvireid.registry import HOOKS, MODELS

ROOT = Path(__file__).parents[1] / 'configs'
CONFIGS = sorted(ROOT.glob('[!_]*/**/*.py'))
#: training scenes of the data sets whose schedules count steps
SCENES = {'CUHKSYSU': 11206, 'PRW': 5704}


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def steps_of(config: Config) -> int:
    """Count the steps of a training."""
    loop, loader = config.train_cfg, config.train_dataloader
    if 'max_iters' in loop:
        return loop.max_iters
    if 'batch_sampler' in loader:
        return loop.max_epochs * loader.batch_sampler.num_batches
    images = SCENES[loader.dataset.type] * loader.sampler.get('repeats', 1)
    whole = math.floor if loader.drop_last else math.ceil
    return loop.max_epochs * whole(images / loader.batch_size)


def check_learning_rate(config: Config) -> None:
    # the stepwise ones of the published recipes have no end
    ending = [s for s in config.param_scheduler if 'milestones' not in s]
    if not ending or ending[-1].type == 'LinearLR':  # a warm-up alone
        return
    last = ending[-1]
    if last.get('by_epoch', True):
        assert last.end == config.train_cfg.max_epochs
    else:
        assert last.end == steps_of(config)


@pytest.mark.parametrize('path', CONFIGS, ids=name)
def test_schedules_end_in_time_and_find_their_targets(path, monkeypatch):
    config = Config.fromfile(path)
    check_learning_rate(config)
    scheduled = []
    for options in (
        *config.default_hooks.values(),
        *config.get('custom_hooks', []),
    ):
        hook = HOOKS.build(options)
        if not isinstance(hook, ScheduledAttributeHook):
            continue
        epochs = options.get('by_epoch', True)
        whole = config.train_cfg.max_epochs if epochs else steps_of(config)
        assert max(s for s in hook.steps if s != math.inf) <= whole
        scheduled.append(hook)
    if not scheduled:
        return
    # Some backbones read their drop rates off a tensor: keep that one real.
    monkeypatch.setattr(
        torch, 'linspace', partial(torch.linspace, device='cpu')
    )
    # The temperature of a search is read off a tensor too.
    with torch.device('cpu' if 'cm_nas' in path.parts else 'meta'):
        model = MODELS.build(dict(config.model, num_identities=395))
    for hook in scheduled:
        hook.before_train(
            SimpleNamespace(model=model, max_epochs=100, max_iters=10**6)
        )
