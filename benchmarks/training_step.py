"""Time a training step against the same network as one plain module.

Two-stream ResNet-50 AGW, 8 visible and 8 infrared images of 288x144: from
uint8 images to updated weights, once through the toolbox (preprocessor,
model, optimiser wrapper) and once through a plain module and training step.
The steps are interleaved, so that a busy machine slows both alike.

    python benchmarks/training_step.py [--steps 20] [--device cuda]
"""

import argparse

# isort: off
import mmvireid  # noqa: F401 (mmpretrain may need its finder)
from mmpretrain.structures import DataSample

# isort: on
import torch
import torch.nn.functional as F
import torchvision
from interleaved import medians
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from torch import Tensor, nn

from mmvireid.registry import MODELS

NUM_IDENTITIES, PER_MODALITY, SIZE = 395, 8, (288, 144)
NON_LOCAL = {'layer2': (2, 3), 'layer3': (3, 4, 5)}
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


class PlainNonLocal(nn.Module):
    """A dot-product non-local block with one inner channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.g, self.theta, self.phi = (
            nn.Conv2d(channels, 1, 1) for _ in range(3)
        )
        self.out = nn.Sequential(
            nn.Conv2d(1, channels, 1), nn.BatchNorm2d(channels)
        )
        nn.init.zeros_(self.out[1].weight)

    def forward(self, x: Tensor) -> Tensor:
        """Attend over all positions of ``(B, C, h, w)``."""
        theta, phi, g = (
            conv(x).flatten(2) for conv in (self.theta, self.phi, self.g)
        )
        attended = theta.transpose(1, 2) @ (phi @ g.transpose(1, 2))
        attended = attended.transpose(1, 2) / g.shape[-1]
        return x + self.out(attended.reshape(len(x), 1, *x.shape[2:]))


class PlainAGW(nn.Module):
    """AGW as one module, with nothing that the network does not need."""

    def __init__(self) -> None:
        super().__init__()
        body = torchvision.models.resnet50()
        body.layer4[0].conv2.stride = body.layer4[0].downsample[0].stride = 1
        self.visible = nn.Sequential(body.conv1, body.bn1)
        self.infrared = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        )
        blocks = []
        for name in ('layer1', 'layer2', 'layer3', 'layer4'):
            for i, block in enumerate(getattr(body, name)):
                blocks.append(block)
                if i in NON_LOCAL.get(name, ()):
                    width = 512 if name == 'layer2' else 1024
                    blocks.append(PlainNonLocal(width))
        self.body = nn.Sequential(*blocks)
        self.bottleneck = nn.BatchNorm1d(2048)
        self.bottleneck.bias.requires_grad_(False)
        self.classifier = nn.Linear(2048, NUM_IDENTITIES, bias=False)
        self.register_buffer('mean', torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer('std', torch.tensor(STD).view(3, 1, 1))

    def forward(self, visible: Tensor, infrared: Tensor) -> tuple:
        """Return the pooled features and the logits of both modalities."""
        visible, infrared = (
            (images.flip(1).float() - self.mean) / self.std
            for images in (visible, infrared)
        )
        x = torch.cat((self.visible(visible), self.infrared(infrared)))
        x = self.body(F.max_pool2d(F.relu(x), 3, 2, 1))
        pooled = (x.pow(3).mean((2, 3)) + 1e-12).pow(1 / 3)
        return pooled, self.classifier(self.bottleneck(pooled))


def plain_loss(pooled: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy and weighted regularised triplet."""
    squares = pooled.square().sum(1)
    distance = squares[:, None] + squares - 2 * pooled @ pooled.T
    distance = distance.clamp(min=1e-12).sqrt()
    same = labels[:, None] == labels
    infinity = torch.tensor(float('inf'), device=distance.device)
    pull = distance.where(same, -infinity).softmax(1) * distance
    push = (-distance).where(~same, -infinity).softmax(1) * distance
    triplet = F.softplus(pull.sum(1) - push.sum(1)).mean()
    return F.cross_entropy(logits, labels) + triplet


def make_toolbox_step(images: Tensor, labels: Tensor, device: str):
    """Return a function that runs one step through the toolbox."""
    init_default_scope('mmvireid')
    model = MODELS.build(
        dict(
            type='CrossModalityModel',
            backbone=dict(
                type='TwoStream',
                backbone=dict(type='NonLocalResNet', depth=50),
            ),
            neck=dict(type='BNNeck', pooling=dict(type='GeM')),
            heads=dict(
                id=dict(type='IdentityHead'),
                triplet=dict(
                    type='MetricLossHead',
                    loss=dict(type='WeightedRegularizedTriplet'),
                ),
            ),
            num_identities=NUM_IDENTITIES,
        )
    ).to(device)
    model.train()
    wrapper = OptimWrapper(
        torch.optim.SGD(model.parameters(), 0.01, 0.9, nesterov=True)
    )
    samples = [
        DataSample(
            metainfo=dict(modality=i // PER_MODALITY, pid=int(y), cam_id=1)
        ).set_gt_label(int(y))
        for i, y in enumerate(labels)
    ]
    batch = dict(inputs=list(images), data_samples=samples)

    def step() -> None:
        model.train_step(batch, wrapper)

    return step


def make_plain_step(images: Tensor, labels: Tensor, device: str):
    """Return a function that runs one step of the plain module."""
    model = PlainAGW().to(device).train()
    optimizer = torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad],
        0.01,
        0.9,
        nesterov=True,
    )

    def step() -> None:
        on_device = images.to(device)
        pooled, logits = model(
            on_device[:PER_MODALITY], on_device[PER_MODALITY:]
        )
        optimizer.zero_grad()
        plain_loss(pooled, logits, labels.to(device)).backward()
        optimizer.step()

    return step


def main() -> None:
    """Run both steps in turn and print their medians and the overhead."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--steps', type=int, default=20)
    parser.add_argument('--device', default='cpu')
    args = parser.parse_args()

    torch.manual_seed(0)
    images = torch.randint(256, (2 * PER_MODALITY, 3, *SIZE)).byte()
    labels = torch.arange(4).repeat_interleave(2).repeat(2)
    steps = {
        'plain module': make_plain_step(images, labels, args.device),
        'mmvireid': make_toolbox_step(images, labels, args.device),
    }
    seconds = medians(steps, args.steps, args.device)
    for name, median in seconds.items():
        print(f'{name:14s} {1e3 * median:9.1f} ms')
    overhead = seconds['mmvireid'] / seconds['plain module'] - 1
    print(f'overhead       {100 * overhead:9.1f} %  (bar: under 5 %)')


if __name__ == '__main__':
    main()
