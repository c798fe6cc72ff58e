"""Draw where a model sees that two images show the same person.

    python tools/visualization/vis_grad_cam.py CONFIG CHECKPOINT --out FILE

Each column is a person of the test split: a visible and an infrared image, and
below each a Grad-CAM of the similarity of the two.
"""

import argparse

import mmcv
import numpy as np
import torch
from mmengine.config import DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from mmvireid.apis import build_feature_model
from mmvireid.datasets import collate_views
from mmvireid.utils.command_line import add_trust_argument, short_errors
from mmvireid.utils.config import load_config
from mmvireid.visualization import (
    choose_identities,
    heat_sheet,
    match_heat,
)


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file or URL')
    parser.add_argument(
        '--out', default='grad_cam.png', help='default: %(default)s'
    )
    parser.add_argument(
        '--number', type=int, default=8, help='persons (default: %(default)s)'
    )
    parser.add_argument(
        '--feature', help='default: bn if the model has it, else global'
    )
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    add_trust_argument(parser)
    return parser.parse_args(argv)


def choose_pairs(dataset, number: int) -> tuple[list, list]:
    """Choose persons spaced evenly over those in both modalities.

    Args:
        dataset (CrossModalityDataset): The dataset.
        number (int): Persons.

    Returns:
        tuple[list[int], list[str]]: Indices of a visible image of each, then
        of an infrared one of each; the persons' names.
    """
    chosen = choose_identities(dataset.labels, dataset.modalities, number)
    indices = [
        int(
            np.flatnonzero(
                (dataset.labels == label) & (dataset.modalities == modality)
            )[0]
        )
        for modality in (0, 1)
        for label in chosen
    ]
    return indices, [dataset.metainfo['identities'][i] for i in chosen]


@short_errors()
def main(argv: list | None = None) -> None:
    """Draw the picture."""
    args = parse_args(argv)
    cfg = load_config(args.config, args.cfg_options)
    init_default_scope(cfg.get('default_scope', 'mmvireid'))
    model = build_feature_model(cfg, args.checkpoint)
    feature = args.feature or (
        'bn' if 'bn' in model.neck.out_channels else 'global'
    )
    loader = dict(cfg.test_dataloader, num_workers=0, persistent_workers=False)
    dataset = Runner.build_dataloader(loader).dataset
    indices, names = choose_pairs(dataset, args.number)
    data = collate_views([dataset[i] for i in indices])
    images = torch.stack(data['inputs']).numpy()
    batch = model.data_preprocessor(data)
    heat = match_heat(model, batch['inputs'], feature)
    sheet = heat_sheet(images, heat.numpy(), names)
    mmcv.imwrite(sheet[..., ::-1], args.out)
    print(f'Wrote {args.out}')


if __name__ == '__main__':
    main()
