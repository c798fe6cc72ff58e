"""A small training with dropout, augmentation, momentum, EMA and schedules.

As a script: ``toy_training.py WORK_DIR MAX_EPOCHS [resume] [big]``.
"""

import random
import sys

import numpy as np
import torch
from mmengine.evaluator import BaseMetric, Evaluator
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn
from torch.utils.data import Dataset


class ToyDataset(Dataset):
    """Twelve points; each is shaken by all three sources of randomness."""

    metainfo = dict(dataset_name='toy', trial=1, num_identities=2)

    def __len__(self):
        return 12

    def __getitem__(self, index):
        noise = random.random() + torch.rand(1).item()
        noise += np.random.rand()  # noqa: NPY002
        return torch.full((4,), index / 12 + 0.1 * noise), index % 2


class ToyModel(BaseModel):
    """A linear layer behind dropout and batch normalisation."""

    def __init__(self, ballast=0):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
        self.dropout = nn.Dropout(0.5)
        self.heads = nn.ModuleDict({'id': nn.Linear(8, 2)})
        self.heads['id'].scale = 1.0
        self.register_buffer('ballast', torch.zeros(ballast))

    def forward(self, points, labels, mode='tensor'):
        logits = self.heads['id'](self.dropout(self.backbone(points)))
        if mode == 'loss':
            loss = nn.functional.cross_entropy(logits, labels)
            return dict(loss_id=loss * self.heads['id'].scale)
        return list(logits.argmax(1) == labels)


class Accuracy(BaseMetric):
    """The share of right answers."""

    def process(self, data_batch, data_samples):
        self.results.extend(float(sample) for sample in data_samples)

    def compute_metrics(self, results):
        return dict(acc=float(np.mean(results)))


def losses_of(runner):
    """Return the losses of all iterations the runner remembers."""
    history, _ = runner.message_hub.get_scalar('train/loss_id').data
    return history.tolist()


def build_runner(work_dir, max_epochs=4, validate=True, **changes):
    """Build the runner; ``changes`` replace its arguments."""
    torch.set_num_threads(1)
    torch.manual_seed(0)  # the model is built before the runner
    model_cfg = changes.pop('model', {})
    workers = changes.pop('workers', {'num_workers': 0})
    checkpoint = changes.pop('checkpoint', {})
    loader = dict(batch_size=4, dataset=ToyDataset(), **workers)
    loader['collate_fn'] = dict(type='default_collate')
    shuffled = dict(type='DefaultSampler', shuffle=True)
    fixed = dict(type='DefaultSampler', shuffle=False)
    changes.setdefault('default_scope', 'mmvireid')
    changes.setdefault('log_level', 'ERROR')
    changes.setdefault('custom_hooks', [dict(type='EpochSeedHook')])
    validation = dict(
        val_dataloader=dict(
            loader, sampler=fixed, num_workers=0, persistent_workers=False
        ),
        val_cfg=dict(),
        val_evaluator=Evaluator(Accuracy(prefix='')),
    )
    return Runner(
        model=ToyModel(**model_cfg),
        work_dir=str(work_dir),
        train_dataloader=dict(loader, sampler=shuffled),
        **(validation if validate else {}),
        train_cfg=dict(by_epoch=True, max_epochs=max_epochs),
        optim_wrapper=dict(
            optimizer=dict(type='SGD', lr=0.1, momentum=0.9)
        ),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.1, begin=0, end=2),
            dict(type='MultiStepLR', milestones=[3], gamma=0.1),
        ],
        default_hooks=dict(
            checkpoint=dict(type='AtomicCheckpointHook', interval=1,
                            **checkpoint),
            sampler_seed=dict(type='DistSamplerSeedHook'),
        ),
        randomness=dict(seed=3),
        experiment_name=f'toy-{random.SystemRandom().random()}',
        **changes,
    )  # fmt: skip


if __name__ == '__main__':
    build_runner(
        sys.argv[1],
        int(sys.argv[2]),
        resume='resume' in sys.argv,
        model=dict(ballast=5_000_000 if 'big' in sys.argv else 0),
        checkpoint=dict(max_keep_ckpts=2, save_best='acc', rule='greater'),
    ).train()
