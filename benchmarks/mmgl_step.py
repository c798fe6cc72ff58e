"""Time what MMGL's heads add to a pre-training step.

Two-stream ResNet-50 with attention, 8 visible and 8 infrared images of
288x144: a step with the three heads and the projection of the stripes, and the
same step with a head that squares the pooled feature. The steps are
interleaved, so that a busy machine slows both alike. The memory is what a
step needs at its peak, above what is there before.

    python benchmarks/mmgl_step.py [--steps 20] [--device cuda]
"""

import argparse
from pathlib import Path

# isort: off
import mmvireid  # noqa: F401 (mmpretrain may need its finder)
from mmpretrain.structures import DataSample

# isort: on
import torch
from interleaved import medians, peak_bytes
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from torch import Tensor

from mmvireid.models.heads import BaseHead
from mmvireid.registry import MODELS
from mmvireid.structures import Batch

CONFIG = Path(__file__).parents[1] / 'configs/_base_/models/mmgl_r50.py'
PER_MODALITY, SIZE = 8, (288, 144)


@MODELS.register_module()
class SquareHead(BaseHead):
    """The cheapest loss that reaches every weight.

    Squares: the gradient of a mean is the same everywhere, and batch norms
    take nearly all of it out.
    """

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Take the mean square of the feature."""
        return dict(loss_square=features[self.feature].square().mean())


def make_step(model_cfg: dict, device: str):
    """Return a function that runs one step of a model."""
    torch.manual_seed(0)
    model = MODELS.build(model_cfg).to(device).train()
    wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), 0.01, 0.9))
    images = torch.randint(256, (2 * PER_MODALITY, 3, *SIZE)).byte()
    samples = [
        DataSample(metainfo=dict(modality=i // PER_MODALITY, sample_idx=i))
        for i in range(2 * PER_MODALITY)
    ]
    batch = dict(inputs=list(images), data_samples=samples)
    return lambda: model.train_step(batch, wrapper)


def main() -> None:
    """Run both steps in turn and print their medians and the cost."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--steps', type=int, default=20)
    parser.add_argument('--device', default='cpu')
    args = parser.parse_args()
    init_default_scope('mmvireid')
    full = Config.fromfile(CONFIG).model
    bare = dict(
        full,
        neck=dict(type='PoolingNeck'),
        heads=dict(square=dict(type='SquareHead', feature='global')),
    )
    steps = {
        'encoder alone': make_step(bare, args.device),
        'with MMGL heads': make_step(full, args.device),
    }
    seconds = medians(steps, args.steps, args.device)
    peaks = {
        name: peak_bytes(step, args.device) for name, step in steps.items()
    }
    for name in steps:
        print(
            f'{name:16s} {1e3 * seconds[name]:9.1f} ms '
            f'{peaks[name] / 2**20:9.1f} MiB'
        )
    alone, heads = (seconds[name] for name in steps)
    print(f'share of heads   {100 * (1 - alone / heads):9.1f} %  (bar: 5 %)')


if __name__ == '__main__':
    main()
