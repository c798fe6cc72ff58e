"""Time the two half-steps of a search against a plain step.

ResNet-50 with CM-NAS's heads, 8 visible and 8 infrared images of 256x128: a
step of the network's weights and one of the architecture's, each against a
step of the same network with plain, shared norms on the same batch. The steps
are interleaved, so that a busy machine slows all alike. The memory is what
a step needs at its peak, above what is there before.

    python benchmarks/cm_nas_step.py [--steps 10] [--device cuda]
"""

import argparse
from collections.abc import Callable
from pathlib import Path

# isort: off
import mmvireid  # noqa: F401 (mmpretrain may need its finder)
from mmpretrain.structures import DataSample

# isort: on
import torch
from interleaved import medians, peak_bytes
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope

from mmvireid.registry import MODELS

CONFIGS = Path(__file__).parents[1] / 'configs/cm_nas'
SEARCH = CONFIGS / 'search/cm-nas-search_r50_p16k4-120e_sysu-256x128.py'
PLAIN = CONFIGS / 'handmade/cm-nas_r50_p16k4-120e_sysu-256x128-all-shared.py'
PER_MODALITY, PER_IDENTITY, SIZE = 8, 2, (256, 128)
BAR = 1.3


def make_batch() -> dict:
    """Return a batch of random images, 4 identities in both modalities."""
    images = torch.randint(256, (2 * PER_MODALITY, 3, *SIZE)).byte()
    samples = [
        DataSample(
            metainfo=dict(modality=i // PER_MODALITY, sample_idx=i)
        ).set_gt_label(i % PER_MODALITY // PER_IDENTITY)
        for i in range(2 * PER_MODALITY)
    ]
    return dict(inputs=list(images), data_samples=samples)


def build(path: Path, args: argparse.Namespace) -> tuple:
    """Return the model of a config at random weights, and its optimiser."""
    config = Config.fromfile(path)
    config.model.backbone.backbone.init_cfg = None
    torch.manual_seed(0)
    model = MODELS.build(dict(config.model, num_identities=395))
    model = model.to(args.device).train()
    if args.channels_last:
        model = model.to(memory_format=torch.channels_last)
    return model, build_optim_wrapper(model, config.optim_wrapper)


def make_steps(batch: dict, args: argparse.Namespace) -> dict[str, Callable]:
    """Return functions that run one step each."""
    plain, plain_wrapper = build(PLAIN, args)
    search, wrapper = build(SEARCH, args)

    def half_step(turn: str) -> Callable:
        def step() -> None:
            wrapper.turn = turn
            search.train_step(batch, wrapper)

        return step

    def plain_step() -> None:
        plain.train_step(batch, plain_wrapper)

    return {
        'plain': plain_step,
        'network': half_step('network'),
        'architecture': half_step('architecture'),
    }


def main() -> None:
    """Run all steps in turn and print their medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--steps', type=int, default=10)
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--channels-last',
        action='store_true',
        help='store images with the channels last',
    )
    args = parser.parse_args()
    init_default_scope('mmvireid')
    # Optimisers log every weight's settings.
    MMLogger.get_instance('benchmark', log_level='WARNING')
    steps = make_steps(make_batch(), args)
    seconds = medians(steps, args.steps, args.device)
    memory = {
        name: peak_bytes(step, args.device) for name, step in steps.items()
    }
    for name in steps:
        time, space = (x[name] / x['plain'] for x in (seconds, memory))
        print(
            f'{name:13s} {1e3 * seconds[name]:9.1f} ms ({time:.2f} x) '
            f'{memory[name] / 2**20:9.1f} MiB ({space:.2f} x)'
        )
    print(f'bar: {BAR} x in both')


if __name__ == '__main__':
    main()
