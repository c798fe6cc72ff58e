"""Show what a config's pipeline feeds the network.

One contact sheet per batch, each image with its modality, identity and
camera written above; several views of one image follow one another:

    python tools/visualization/browse_dataset.py CONFIG --output-dir sheets

In scenes, boxes are drawn with their person: known ones green, others red.
"""

import argparse
from pathlib import Path

import cv2
import mmcv
import numpy as np
import torch
from mmengine.config import DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from mmvireid.utils.command_line import BUILD_ERRORS, short_errors
from mmvireid.utils.config import load_config
from mmvireid.visualization.tiles import (
    GREEN,
    RED,
    arranged,
    caption,
    framed,
    to_rgb,
)

#: frames of visible and infrared images
FRAMES = (GREEN, RED)
#: boxes of unknown and known persons
BOXES = (RED, GREEN)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--output-dir',
        default='work_dirs/browse_dataset',
        help='where the sheets go (default: %(default)s)',
    )
    parser.add_argument(
        '--phase', choices=('train', 'val', 'test'), default='train'
    )
    parser.add_argument(
        '--number', type=int, default=1, help='how many batches to show'
    )
    parser.add_argument(
        '--columns', type=int, default=16, help='images in a row'
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args()


def draw_boxes(image: np.ndarray, instances) -> None:
    """Draw boxes and the numbers of their persons, in place.

    Args:
        image (np.ndarray): ``(H, W, 3)`` RGB, uint8.
        instances (InstanceData): ``bboxes``, ``person_ids``, ``is_known``.
    """
    for box, person, known in zip(
        instances.bboxes.round().int().tolist(),
        instances.person_ids.tolist(),
        instances.is_known.tolist(),
        strict=True,
    ):
        color = BOXES[known]
        cv2.rectangle(image, box[:2], box[2:], color, 1)
        place, font = (box[0] + 2, box[1] + 12), cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(
            image, str(person), place, font, 0.4, color, 1, cv2.LINE_AA
        )


def to_tile(inputs: torch.Tensor, sample) -> np.ndarray:
    """Draw one image with frame and caption.

    Args:
        inputs (Tensor): ``(3, H, W)`` BGR in 0..255.
        sample (DataSample): Its data sample.

    Returns:
        np.ndarray: The tile, ``(H', W', 3)`` RGB, uint8.
    """
    image = to_rgb(inputs.float().numpy())
    is_scene = 'gt_instances' in sample
    if is_scene:
        draw_boxes(image, sample.gt_instances)
    # small images are enlarged, so that the caption can be read
    scale = max(1, round(96 / image.shape[1]))
    image = cv2.resize(
        image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST
    )
    image = framed(image, FRAMES[sample.modality])
    name = f'scene {sample.img_id}' if is_scene else f'id {sample.pid}'
    lines = (
        f'{("vis", "ir")[sample.modality]} {name}',
        f'cam {sample.cam_id}' + (' flip' if sample.get('flip') else ''),
    )
    width = image.shape[1]
    return np.vstack([*(caption(line, width) for line in lines), image])


def make_sheet(batch: dict, columns: int) -> np.ndarray:
    """Arrange the images of one batch in rows.

    Args:
        batch (dict): ``inputs`` and ``data_samples`` as collated.
        columns (int): Images in a row.

    Returns:
        np.ndarray: The sheet, ``(H, W, 3)`` RGB, uint8.
    """
    tiles = list(map(to_tile, batch['inputs'], batch['data_samples']))
    return arranged(
        [tiles[i : i + columns] for i in range(0, len(tiles), columns)]
    )


@short_errors(BUILD_ERRORS)
def main() -> None:
    """Write the sheets."""
    args = parse_args()
    cfg = load_config(args.config, args.cfg_options)
    init_default_scope(cfg.get('default_scope', 'mmvireid'))
    np.random.seed(args.seed)  # noqa: NPY002 (mmcv draws from it)
    loader_cfg = cfg[f'{args.phase}_dataloader']
    # in this process: a handful of batches is not worth starting workers
    loader_cfg.update(num_workers=0, persistent_workers=False)
    loader = Runner.build_dataloader(loader_cfg, seed=args.seed)
    folder = Path(args.output_dir)
    for number, batch in zip(range(args.number), loader, strict=False):
        path = folder / f'{args.phase}_{number:03d}.png'
        sheet = make_sheet(batch, args.columns)
        mmcv.imwrite(sheet[..., ::-1], str(path))
        print(f'{len(batch["inputs"])} images: {path}')


if __name__ == '__main__':
    main()
