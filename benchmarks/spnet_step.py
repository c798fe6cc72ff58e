"""Time training steps of SPNet against mmdet's RetinaNet.

ConvNeXt-T with its pyramid, two scenes of 256x256 pixels with eight persons
each, which make the 32 pairs of a step on the query path: steps on the object
path and on the query path, and steps of RetinaNet on the same backbone and
pyramid, with as many anchors. The steps are interleaved, so that a busy
machine slows all alike. The memory is what a step needs at its peak, above
what is there before.

    python benchmarks/spnet_step.py [--steps 10] [--device cuda] [--size 256]
"""

import argparse
from copy import deepcopy
from pathlib import Path

# isort: off
import mmvireid  # noqa: F401 (so that mmdet does without compiled ops)
import mmdet.models  # noqa: F401 (registers RetinaNet)

# isort: on
import torch
from interleaved import medians, peak_bytes
from mmdet.models.losses import FocalLoss
from mmdet.models.losses.focal_loss import py_sigmoid_focal_loss
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmvireid.registry import MODELS

CONFIG = Path(__file__).parents[1] / 'configs/_base_/models/spnet_s.py'
NUM_SCENES, PERSONS = 2, 8


@MODELS.register_module()
class OneStream(nn.Module):
    """SPNet's backbone as RetinaNet calls it."""

    def __init__(self, backbone: dict) -> None:
        super().__init__()
        self.body = MODELS.build(backbone)

    def forward(self, x: Tensor) -> tuple:
        """Compute the maps of visible images."""
        return self.body(x, len(x))


@MODELS.register_module()
class PythonFocalLoss(FocalLoss):
    """mmdet's focal loss without compiled ops, on any device."""

    def forward(
        self, pred: Tensor, target: Tensor, weight: Tensor, avg_factor: float
    ) -> Tensor:
        """Compute the loss of all anchors."""
        # The last class is the background.
        target = nn.functional.one_hot(target, pred.shape[1] + 1)
        return py_sigmoid_focal_loss(
            pred, target[:, :-1], weight, self.gamma, self.alpha,
            avg_factor=avg_factor,
        )  # fmt: skip


def retinanet(spnet: dict) -> dict:
    """Return the config of a RetinaNet on SPNet's backbone and pyramid."""
    widths = [192, 384, 768]
    neck = dict(spnet['neck'], in_channels=widths, out_channels=widths[1])
    return dict(
        type='mmdet.RetinaNet',
        data_preprocessor=spnet['data_preprocessor'],
        backbone=dict(type='OneStream', backbone=spnet['backbone']),
        neck=neck,
        bbox_head=dict(
            type='mmdet.RetinaHead',
            num_classes=1,
            in_channels=widths[1],
            stacked_convs=4,
            feat_channels=256,
            anchor_generator=dict(
                type='mmdet.AnchorGenerator',
                octave_base_scale=4,
                scales_per_octave=3,
                ratios=[0.5, 1.0, 2.0],
                strides=[8, 16, 32, 64, 128],
            ),
            bbox_coder=dict(type='mmdet.DeltaXYWHBBoxCoder'),
            loss_cls=dict(type='PythonFocalLoss'),
            loss_bbox=dict(type='mmdet.L1Loss'),
        ),
        train_cfg=dict(
            assigner=dict(
                type='LowQualityMatcher', pos_iou_thr=0.5, neg_iou_thr=0.4
            ),
            sampler=dict(type='mmdet.PseudoSampler'),
            allowed_border=-1,
            pos_weight=-1,
        ),
    )


def models() -> dict:
    """Return the configs to compare."""
    spnet = Config.fromfile(CONFIG).model.to_dict()
    spnet['backbone']['backbone']['init_cfg'] = None
    spnet['num_identities'] = 2 * PERSONS
    query = deepcopy(spnet)
    query['bbox_head']['path'] = dict(type='QueryPath')
    query['test_path'] = 'query'
    return {
        'RetinaNet': retinanet(spnet),
        'SPNet, objects': spnet,
        'SPNet, queries': query,
    }


def scenes(size: int) -> dict:
    """Make scenes of noise, in which the same persons stand elsewhere."""
    images = torch.randint(256, (NUM_SCENES, 3, size, size)).byte()
    samples = []
    for _ in range(NUM_SCENES):
        shape = dict(img_shape=(size, size), ori_shape=(size, size))
        sample = DetDataSample(metainfo=dict(shape, modality=0))
        corners = torch.rand(PERSONS, 2) * size / 2
        sides = torch.rand(PERSONS, 2) * size / 4 + size / 8
        sample.gt_instances = InstanceData(
            bboxes=torch.cat((corners, corners + sides), dim=1),
            labels=torch.zeros(PERSONS).long(),
            person_ids=torch.arange(PERSONS),
        )
        samples.append(sample)
    return dict(inputs=list(images), data_samples=samples)


def make_step(cfg: dict, batch: dict, device: str):
    """Return a function that runs one training step of a model."""
    model = MODELS.build(cfg).to(device).train()
    wrapper = OptimWrapper(torch.optim.AdamW(model.parameters(), 1e-5))
    return lambda: model.train_step(deepcopy(batch), wrapper)


def main() -> None:
    """Run all steps in turn and print times, memory and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--steps', type=int, default=10)
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--size', type=int, default=256)
    args = parser.parse_args()
    init_default_scope('mmvireid')
    torch.manual_seed(0)
    batch = scenes(args.size)
    steps = {
        name: make_step(cfg, batch, args.device)
        for name, cfg in models().items()
    }
    seconds = medians(steps, args.steps, args.device)
    peaks = {
        name: peak_bytes(step, args.device) for name, step in steps.items()
    }
    for name in steps:
        print(
            f'{name:15s} {1e3 * seconds[name]:9.1f} ms '
            f'{peaks[name] / 2**20:9.1f} MiB '
            f'{seconds[name] / seconds["RetinaNet"]:6.2f} times RetinaNet'
        )


if __name__ == '__main__':
    main()
