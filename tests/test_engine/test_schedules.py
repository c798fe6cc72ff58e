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
