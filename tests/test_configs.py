"""Every config parses and builds; one per method and family trains a step."""

import re
from functools import partial
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from mmvireid.models.backbones import (
    build_plain,
    find_norms,
    write_architecture,
)
from mmvireid.registry import DATASETS, METRICS, MODELS, TRANSFORMS

ROOT = Path(__file__).parents[1]
#: person search has other data and models, see test_spnet_configs.py
CONFIGS = [
    path
    for path in sorted((ROOT / 'configs').glob('[!_]*/**/*.py'))
    if 'spnet' not in path.parts
]
#: What shrinks each backbone family to a test's size.
TINY = {
    'ResNet': dict(depth=18, stem_channels=8, base_channels=8),
    'NonLocalResNet': dict(depth=18, stem_channels=8, base_channels=8),
    'ConvNeXt': dict(arch=dict(depths=[1, 1, 1, 1], channels=[8, 8, 16, 16])),
    'SwinTransformer': dict(
        arch=dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4)
    ),
    'VisionTransformer': dict(
        arch=dict(
            embed_dims=16, num_layers=2, num_heads=2, feedforward_channels=32
        )
    ),
    'MobileNetV3': dict(arch='small'),
}


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')


def name(path: Path) -> str:
    return path.relative_to(ROOT / 'configs').as_posix()


def family(config: Config) -> str:
    return config.model.backbone.backbone.type.rsplit('.', 1)[-1]


def one_per_method_and_family() -> list:
    chosen = {}
    for path in CONFIGS:
        chosen.setdefault(
            (path.parent.name, family(Config.fromfile(path))), path
        )
    return list(chosen.values())


def with_architecture(config: Config, folder: Path) -> Config:
    """Give a config that needs a search's result one, with all separate."""
    backbone = config.model.backbone
    rule = backbone.get('specific')
    if isinstance(rule, dict) and rule.type == 'NormArchitecture':
        names = find_norms(build_plain({**backbone.backbone}))
        rule.file = str(folder / 'architecture.json')
        write_architecture(rule.file, dict.fromkeys(names, True))
    return config


@pytest.mark.parametrize('path', CONFIGS, ids=name)
def test_name_tells_the_number_of_iterations(path):
    told = re.search(r'(\d+)i_', path.stem)
    if told is None:
        return
    config = Config.fromfile(path)
    loop, loader = config.train_cfg, config.train_dataloader
    steps = loop.get('max_iters') or (
        loop.max_epochs * loader.batch_sampler.num_batches
    )
    assert steps == int(told[1])


def on_meta(monkeypatch, model: dict) -> torch.nn.Module:
    # Some backbones read their drop rates off a tensor: keep that one real.
    monkeypatch.setattr(
        torch, 'linspace', partial(torch.linspace, device='cpu')
    )
    with torch.device('meta'):
        return MODELS.build(dict(model, num_identities=395))


@pytest.mark.parametrize('path', CONFIGS, ids=name)
def test_config_parses_and_builds(path, monkeypatch, tmp_path):
    config = with_architecture(Config.fromfile(path), tmp_path)
    assert config.default_scope == 'mmvireid'
    model = on_meta(monkeypatch, config.model)
    assert all(p.is_meta for p in model.parameters())
    loaders = [config.train_dataloader]
    if 'test_dataloader' in config:  # all but classification
        loaders.append(config.test_dataloader)
        METRICS.build(config.test_evaluator)
    for loader in loaders:
        assert DATASETS.get(loader.dataset.type) is not None
        for transform in loader.dataset.pipeline:
            TRANSFORMS.build(transform)
    schedule = config.train_cfg
    assert schedule['max_epochs' if schedule.by_epoch else 'max_iters'] > 0
    config.dump(tmp_path / 'dumped.py')
    dumped = Config.fromfile(tmp_path / 'dumped.py')
    assert dumped.to_dict() == config.to_dict()


@pytest.mark.parametrize('path', one_per_method_and_family(), ids=name)
def test_config_trains_a_step(path, request, tmp_path):
    config = Config.fromfile(path)
    fixture = config.train_dataloader.dataset.type.lower()
    root = request.getfixturevalue(
        dict(
            sysumm01='toy_sysu',
            regdb='toy_regdb',
            llcm='toy_llcm',
            imagenetsubset='toy_classes',
        )[fixture]
    )
    config.model.backbone.backbone.update(TINY[family(config)], init_cfg=None)
    config.model.backbone.pop('init_cfg', None)
    config = with_architecture(config, tmp_path)
    loader = config.train_dataloader
    loader.update(batch_size=8, num_workers=0, persistent_workers=False)
    if 'Identity' in loader.get('batch_sampler', {}).get('type', ''):
        loader.batch_sampler.update(num_ids=2, num_instances=2)
    loader.dataset.data_root = str(root)
    loader = Runner.build_dataloader(loader, seed=0)
    identities = loader.dataset.metainfo['num_identities']
    model = MODELS.build(dict(config.model, num_identities=identities))
    model.train()
    optim_wrapper = build_optim_wrapper(model, config.optim_wrapper)
    batch = model.data_preprocessor(next(iter(loader)), training=True)
    total, _ = model.parse_losses(model(**batch, mode='loss'))
    assert torch.isfinite(total)
    total.backward()
    without = [
        key
        for key, parameter in model.named_parameters()
        if parameter.requires_grad and parameter.grad is None
    ]
    assert not without
    optim_wrapper.step()


@pytest.mark.parametrize('trial', ['1', '7'])
def test_trial_and_roots_come_from_the_environment(monkeypatch, trial):
    monkeypatch.setenv('REGDB_TRIAL', trial)
    monkeypatch.setenv('REGDB_ROOT', '/somewhere/regdb')
    config = Config.fromfile(
        ROOT / 'configs/agw/agw_r50_p8k4-80e_regdb-288x144.py'
    )
    for loader in (config.train_dataloader, config.test_dataloader):
        assert loader.dataset.trial == int(trial)
        assert loader.dataset.data_root == '/somewhere/regdb'
