"""Draw TOPLight's fake domains.

    python tools/visualization/vis_toplight.py CONFIG [CHECKPOINT]

CONFIG is one of the pre-training. Writes views.png: images, and below each
what its visible and its infrared path get; with a checkpoint also tsne.png: a
map of the features of both paths, in two colours, which are mixed where the
features do not tell the paths apart.
"""

import argparse
from pathlib import Path

import mmcv
import numpy as np
from mmengine.config import DictAction
from mmengine.registry import init_default_scope

from mmvireid.apis import build_feature_model, view_features
from mmvireid.evaluation import ImageList, SavedFeatures
from mmvireid.models.backbones.pretrained import load_pretrained
from mmvireid.registry import DATASETS
from mmvireid.utils.command_line import add_trust_argument, short_errors
from mmvireid.utils.config import load_config
from mmvireid.visualization import draw_tsne, spaced, view_sheet


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file of a pre-training')
    parser.add_argument('checkpoint', nargs='?', help='checkpoint file')
    parser.add_argument(
        '--out-dir',
        default='work_dirs/vis_toplight',
        help='where the pictures go (default: %(default)s)',
    )
    parser.add_argument(
        '--number', type=int, default=8, help='images in views.png'
    )
    parser.add_argument(
        '--points', type=int, default=300, help='images in tsne.png'
    )
    parser.add_argument(
        '--feature', default='global', help='default: %(default)s'
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    add_trust_argument(parser)
    return parser.parse_args(argv)


def draw_views(dataset, number: int, path: Path) -> None:
    """Draw some images and their views."""
    indices = spaced(range(len(dataset)), number)
    originals = [
        mmcv.imread(dataset.get_data_info(int(i))['img_path']) for i in indices
    ]
    sheet = view_sheet(
        [image.transpose(2, 0, 1) for image in originals],
        [
            [view['inputs'].numpy() for view in dataset[int(i)]]
            for i in indices
        ],
    )
    mmcv.imwrite(sheet[..., ::-1], str(path))


def draw_map(cfg, dataset, args: argparse.Namespace, path: Path) -> None:
    """Draw the features of both paths."""
    model = build_feature_model(cfg)
    load_pretrained(model.backbone, args.checkpoint, 'backbone.')
    indices = spaced(range(len(dataset)), args.points)
    both = view_features(model, dataset, indices, args.feature)
    # Each image is an identity with a view in either modality.
    pids = np.tile(np.arange(len(indices)), 2)
    modalities = np.repeat([0, 1], len(indices))
    paths = [dataset.get_data_info(int(i))['img_path'] for i in indices]
    images = ImageList(pids, modalities, modalities, paths * 2)
    saved = SavedFeatures({args.feature: np.concatenate(both)}, images)
    draw_tsne(
        saved,
        args.feature,
        path,
        len(indices),
        seed=args.seed,
        title=Path(args.checkpoint).name,
        color_by='modality',
    )


@short_errors()
def main(argv: list | None = None) -> None:
    """Draw the pictures."""
    args = parse_args(argv)
    cfg = load_config(args.config, args.cfg_options)
    init_default_scope(cfg.get('default_scope', 'mmvireid'))
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    np.random.seed(args.seed)  # noqa: NPY002 (mmcv draws from it)
    folder = Path(args.out_dir)
    draw_views(dataset, args.number, folder / 'views.png')
    if args.checkpoint:
        draw_map(cfg, dataset, args, folder / 'tsne.png')
    print(f'Pictures written to {folder}.')


if __name__ == '__main__':
    main()
