"""Count parameters and operations of a config's test path, and time it.

    python tools/analysis/complexity.py CONFIG [CONFIG ...]

Parameters are those that features need, both stems included; operations are
multiply-adds for one image of one modality. Latency is that of a single
image, throughput that of a batch; the shortest of several runs counts. With
one thread on a CPU (OMP_NUM_THREADS=1) processor time is taken, so that
whatever else the machine does matters little.
"""

import argparse
import time
from math import prod
from pathlib import Path

import torch
from mmengine.analysis import FlopAnalyzer
from mmengine.analysis.jit_handles import get_shape
from mmengine.registry import init_default_scope
from rich.table import Table
from torch import nn

from mmvireid.apis import build_feature_model
from mmvireid.apis.onnx_export import OneModality
from mmvireid.utils.command_line import print_table, short_errors
from mmvireid.utils.config import load_config


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('configs', nargs='+', help='config files')
    parser.add_argument(
        '--image-size',
        type=int,
        nargs=2,
        default=(288, 144),
        metavar=('HEIGHT', 'WIDTH'),
        help='default: 288 144',
    )
    parser.add_argument(
        '--batch-size', type=int, default=16, help='default: %(default)s'
    )
    parser.add_argument(
        '--repeats', type=int, default=10, help='default: %(default)s'
    )
    parser.add_argument('--device', default='cpu', help='default: cpu')
    return parser.parse_args(argv)


def build(path: str) -> nn.Module:
    """Build the visible test path of a config, at random weights.

    Args:
        path (str): The config file.

    Returns:
        nn.Module: From images to features.
    """
    cfg = load_config(path)
    cfg.model.backbone.pop('init_cfg', None)
    model = build_feature_model(cfg)
    feature = 'bn' if 'bn' in model.neck.out_channels else 'global'
    return OneModality(model, 'visible', feature).eval()


@torch.no_grad()
def fastest(modules: list, images: torch.Tensor, repeats: int) -> list[float]:
    """Return the shortest seconds of each module's forward pass.

    The modules take turns, so that whatever else the machine does slows all of
    them down. The first turn is a warm-up.
    """
    alone = images.device.type == 'cpu' and torch.get_num_threads() == 1
    clock = time.process_time if alone else time.perf_counter

    def seconds(module: nn.Module) -> float:
        start = clock()
        module(images)
        if images.is_cuda:
            torch.cuda.synchronize()
        return clock() - start

    turns = [[seconds(m) for m in modules] for _ in range(repeats + 1)]
    return [min(durations) for durations in zip(*turns[1:], strict=True)]


def attention_flops(inputs: list, outputs: list) -> int:
    """Count the multiply-adds of queries by keys, and of that by values."""
    query, key, value = (get_shape(tensor) for tensor in inputs[:3])
    return prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def count_flops(module: nn.Module, images: torch.Tensor) -> int:
    """Count the multiply-adds of a forward pass.

    Args:
        module (nn.Module): From images to features.
        images (torch.Tensor): ``(B, 3, H, W)``.

    Returns:
        int: Those of the whole batch.
    """
    counter = FlopAnalyzer(module, (images,))
    counter.set_op_handle(
        'aten::scaled_dot_product_attention', attention_flops
    )
    counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return counter.total()


@short_errors()
def main(argv: list | None = None) -> None:
    """Print the table."""
    args = parse_args(argv)
    init_default_scope('mmvireid')
    height, width = args.image_size
    table = Table(
        'config',
        'parameters (M)',
        'multiply-adds (G)',
        'latency (ms)',
        'images/s',
        title=f'{height}x{width}, {args.device}, '
        f'{torch.get_num_threads()} threads',
    )
    modules = [build(path) for path in args.configs]
    single = torch.rand(1, 3, *args.image_size)
    flops = [count_flops(module, single) for module in modules]
    for module in modules:
        module.to(args.device)
    single = single.to(args.device)
    batch = single.repeat(args.batch_size, 1, 1, 1)
    rows = zip(
        args.configs,
        modules,
        flops,
        fastest(modules, single, args.repeats),
        fastest(modules, batch, args.repeats),
        strict=True,
    )
    for path, module, operations, latency, duration in rows:
        parameters = sum(p.numel() for p in module.parameters())
        table.add_row(
            Path(path).stem,
            f'{parameters / 1e6:.2f}',
            f'{operations / 1e9:.2f}',
            f'{1e3 * latency:.1f}',
            f'{args.batch_size / duration:.1f}',
        )
    print_table(table)


if __name__ == '__main__':
    main()
