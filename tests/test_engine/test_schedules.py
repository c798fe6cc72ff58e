import math
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn

FOLDER = Path(__file__).parents[2] / 'configs/_base_/schedules'


def learning_rate(epoch):
    """Return the rate of the heads as the reference sets it."""
    if epoch < 10:
        return 0.1 * (epoch + 1) / 10
    return 0.1 if epoch < 20 else 0.01 if epoch < 50 else 0.001


@pytest.mark.parametrize(
    ('name', 'epochs'), [('sgd_80e', 81), ('sgd_100e', 100)]
)
def test_learning_rate_of_every_epoch(name, epochs):
    cfg = Config.fromfile(FOLDER / f'{name}.py')
    assert cfg.train_cfg.max_epochs == epochs
    model = nn.ModuleDict(
        dict(
            backbone=nn.Linear(2, 2),
            neck=nn.Linear(2, 2),
            heads=nn.ModuleDict(dict(id=nn.Linear(2, 2))),
        )
    )
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    optimizer = wrapper.optimizer
    assert optimizer.defaults['nesterov']
    assert optimizer.defaults['momentum'] == 0.9
    assert optimizer.defaults['weight_decay'] == 5e-4
    schedulers = [
        PARAM_SCHEDULERS.build(dict(c, by_epoch=True),
                               default_args=dict(optimizer=wrapper))
        for c in cfg.param_scheduler
    ]  # fmt: skip
    names = {p: n for n, p in model.named_parameters()}
    for epoch in range(epochs):
        for group in optimizer.param_groups:
            factor = 0.1 if 'backbone' in names[group['params'][0]] else 1
            assert group['lr'] == pytest.approx(
                factor * learning_rate(epoch), rel=1e-12
            ), epoch
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
    assert torch.isfinite(next(model.parameters())).all()


def rates(name: str, epochs: int) -> list:
    """Return the learning rate of each epoch, after scaling by parts."""
    cfg = Config.fromfile(FOLDER / f'{name}.py')
    model = nn.ModuleDict(dict(backbone=nn.Linear(2, 2)))
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    schedulers = [
        PARAM_SCHEDULERS.build(dict(c, by_epoch=True),
                               default_args=dict(optimizer=wrapper))
        for c in cfg.param_scheduler
    ]  # fmt: skip
    found = []
    for _ in range(epochs):
        found.append(wrapper.optimizer.param_groups[0]['lr'])
        wrapper.optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
    return found


@pytest.mark.parametrize(
    ('name', 'rate', 'decay'),
    [
        ('sgd_cosine_70e', 0.1, 5e-5),
        ('sgd_cosine_70e_transformer', 0.001, 1e-2),
    ],
)
def test_settings_of_toplight(name, rate, decay):
    """Supplement, Table 1a."""
    cfg = Config.fromfile(FOLDER / f'{name}.py')
    optimizer = cfg.optim_wrapper.optimizer
    assert optimizer.type == 'SGD'
    assert optimizer.weight_decay == decay
    assert cfg.train_cfg.max_epochs == 70
    expected = [rate * (1 + math.cos(math.pi * e / 70)) / 2 for e in range(70)]
    assert rates(name, 70) == pytest.approx(expected)


def test_settings_of_cm_nas():
    """Warm-up in ten epochs to 1e-3 for the backbone, a tenth at 40, 70."""
    cfg = Config.fromfile(FOLDER / 'adam_120e.py')
    assert cfg.train_cfg.max_epochs == 120
    optimizer = cfg.optim_wrapper.optimizer
    assert (optimizer.type, optimizer.weight_decay) == ('Adam', 5e-4)
    assert tuple(optimizer.betas) == (0.5, 0.999)
    found = rates('adam_120e', 120)
    warm = [1e-3 * (0.01 + 0.099 * epoch) for epoch in range(10)]
    expected = warm + [1e-3] * 30 + [1e-4] * 30 + [1e-5] * 50
    assert found == pytest.approx(expected)


def test_augmentations_of_toplight():
    """Supplement, Table 1b: the probability of each augmentation."""
    folder = FOLDER.parent / 'datasets'
    cfg = Config.fromfile(folder / 'imagenet_mini_top.py')
    assert cfg.train_dataloader.batch_size == 36
    assert cfg.train_dataloader.dataset.pipeline == cfg.paired_pipeline
    _, crop, flip, deform, views = cfg.paired_pipeline
    assert (crop.scale, flip.prob, deform.prob) == (224, 0.5, 0.2)
    visible, infrared = views.pipelines
    kinds = [[step.type for step in one] for one in visible[0].transforms]
    assert kinds == [['LinearColorJitter'], ['ChannelShuffle'], ['RGBShift']]
    assert visible[0].type == 'RandomChoice'
    assert [(step.type, step.get('prob')) for step in infrared[:-1]] == [
        ('Compress', 0.2),
        ('Defocus', 0.2),
        ('SharpenGray', 1.0),
    ]
    for separate, paired in zip(
        cfg.separate_pipeline[1].pipelines, views.pipelines, strict=True
    ):
        assert separate == [crop, flip, deform, *paired]
