"""SPNet's configs parse and build, and have the published sizes."""

import math
from functools import partial
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, build_optim_wrapper
from mmengine.optim.scheduler import CosineAnnealingLR, LinearLR
from mmengine.registry import init_default_scope

from mmvireid.registry import MODELS

ROOT = Path(__file__).parents[1] / 'configs/spnet'
CONFIGS = sorted(ROOT.rglob('*.py'))
S = 'spnet_convnext-t_b8-30e_cuhk-512'
PRETRAIN = 'pretrain/spnet_convnext-t_b8-30e_coco-512'


@pytest.fixture(autouse=True)
def _scope(monkeypatch):
    init_default_scope('mmvireid')
    # Some backbones read their drop rates off a tensor: keep that one real.
    monkeypatch.setattr(
        torch, 'linspace', partial(torch.linspace, device='cpu')
    )


def read(name):
    return Config.fromfile(ROOT / f'{name}.py')


def on_meta(config):
    with torch.device('meta'):
        return MODELS.build(dict(config.model, num_identities=50))


def millions(model, trainable=True):
    parameters = [p for p in model.parameters() if p.requires_grad]
    parameters = parameters if trainable else list(model.parameters())
    return round(sum(p.numel() for p in parameters) / 1e6, 2)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_config_parses_and_builds(path, tmp_path):
    config = Config.fromfile(path)
    model = on_meta(config)
    assert all(p.is_meta for p in model.parameters())
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    assert isinstance(wrapper, OptimWrapper)
    assert wrapper.clip_grad_kwargs['max_norm'] == 10
    config.dump(tmp_path / 'dumped.py')
    dumped = Config.fromfile(tmp_path / 'dumped.py')
    assert dumped.to_dict() == config.to_dict()
    # what leaves something without a gradient says so
    queries = model.bbox_head.path.needs_queries
    # it is tested as it was trained: the other way lacks the bridge
    assert (model.test_path == 'query') == queries
    idle_head = len(model.roi_head.locate) > model.num_refinements
    assert config.get('find_unused_parameters', False) == bool(
        queries
        or idle_head
        or model.reid_only
        or config.model.backbone.specific
    )


def test_numbers_of_weights():
    assert millions(on_meta(read(S))) == 55.91
    assert millions(on_meta(read(f'{S}-c2-sep-d2048'))) == 88.32
    pretraining = on_meta(read(PRETRAIN))
    assert millions(pretraining) == 55.91
    assert millions(pretraining, trainable=False) == 107.76


def test_pretraining_spares_the_backbone():
    def options(name):
        config = read(name)
        model = on_meta(config)
        names = {id(p): name for name, p in model.named_parameters()}
        groups = build_optim_wrapper(model, config.optim_wrapper).param_groups
        return {
            names[id(p)]: (group['lr'], group['weight_decay'])
            for group in groups
            for p in group['params']
            if id(p) in names  # and not mmengine's own
        }

    found = options(PRETRAIN)
    rates = {
        part: {v for k, v in found.items() if k.startswith(part)}
        for part in ('backbone.', 'neck.', 'bbox_head.', 'roi_head.')
    }
    assert rates.pop('backbone.') == {(1e-5, 0)}
    assert set.union(*rates.values()) == {(1e-4, 1e-3)}
    assert set(options(f'{PRETRAIN}-uniform-lr').values()) == {(1e-4, 1e-3)}


def test_frozen_backbone_has_no_gradient_but_its_copy_has():
    model = on_meta(read(f'{PRETRAIN}-frozen'))
    assert not any(p.requires_grad for p in model.backbone.parameters())
    assert all(p.requires_grad for p in model.roi_head.parameters())


@pytest.mark.parametrize(
    ('name', 'warmup', 'total'),
    [('cuhk', 1000, 30 * (11206 // 8)), ('prw', 712, 30 * (5704 // 8))],
)
def test_learning_rate_curve(name, warmup, total):
    config = read(f'spnet_convnext-t_b8-30e_{name}-512')
    optimizer = torch.optim.AdamW([torch.zeros(1)], lr=1e-4)
    classes = dict(LinearLR=LinearLR, CosineAnnealingLR=CosineAnnealingLR)
    schedulers = [
        classes[one.pop('type')](optimizer, **one)
        for one in config.param_scheduler
    ]
    for step in range(total):
        if step < warmup:
            share = 1e-3 + (1 - 1e-3) * step / (warmup - 1)
        else:
            way = (step - warmup) / (total - warmup)
            share = (1 + math.cos(math.pi * way)) / 2
        if step % 97 == 0 or step > total - 3:
            found = optimizer.param_groups[0]['lr']
            assert found == pytest.approx(1e-4 * share, rel=1e-6, abs=1e-12)
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
