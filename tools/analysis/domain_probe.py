"""Tell by frozen features which path a view of an image took.

    python tools/analysis/domain_probe.py CONFIG CHECKPOINT [CHECKPOINT ...]

CONFIG is one of TOPLight's pre-training: its training pipeline makes a fake
visible and a fake infrared view of each image, the same ones for all
checkpoints. Only their backbones are used. Printed is how often a linear
classifier of the pooled features is right on images that it did not see: 50 %
is guessing, and the less, the more the features of both paths are alike.
"""

import argparse
from statistics import stdev

import numpy as np
from mmengine.config import DictAction
from mmengine.registry import init_default_scope
from rich.table import Table

from mmvireid.apis import build_feature_model, view_features
from mmvireid.evaluation import domain_probe
from mmvireid.models.backbones.pretrained import load_pretrained
from mmvireid.registry import DATASETS
from mmvireid.utils.command_line import (
    add_trust_argument,
    print_table,
    short_errors,
)
from mmvireid.utils.config import load_config


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file of a pre-training')
    parser.add_argument('checkpoints', nargs='+', help='checkpoint files')
    parser.add_argument(
        '--images', type=int, default=1000, help='default: %(default)s'
    )
    parser.add_argument(
        '--feature', default='global', help='default: %(default)s'
    )
    parser.add_argument(
        '--splits',
        type=int,
        default=5,
        help='halves to train on, over which the accuracy is averaged '
        '(default: %(default)s)',
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    add_trust_argument(parser)
    return parser.parse_args(argv)


def probe(checkpoint: str, cfg, dataset, args: argparse.Namespace) -> list:
    """Return the accuracy of each split, in percent."""
    model = build_feature_model(cfg)
    load_pretrained(model.backbone, checkpoint, 'backbone.')
    rng = np.random.default_rng(args.seed)
    number = min(args.images, len(dataset))
    indices = rng.choice(len(dataset), number, replace=False)
    np.random.seed(args.seed)  # noqa: NPY002 (mmcv draws from it)
    first, second = view_features(model, dataset, indices, args.feature)
    return [domain_probe(first, second, seed) for seed in range(args.splits)]


@short_errors()
def main(argv: list | None = None) -> None:
    """Print the table."""
    args = parse_args(argv)
    table = Table(
        'checkpoint',
        'accuracy (%)',
        title=f'Telling the fake domains apart by "{args.feature}", '
        f'{args.splits} splits',
    )
    cfg = load_config(args.config, args.cfg_options)
    init_default_scope(cfg.get('default_scope', 'mmvireid'))
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    for checkpoint in args.checkpoints:
        found = probe(checkpoint, cfg, dataset, args)
        spread = stdev(found) if len(found) > 1 else 0.0
        table.add_row(checkpoint, f'{np.mean(found):.1f} ± {spread:.1f}')
    print_table(table)


if __name__ == '__main__':
    main()
