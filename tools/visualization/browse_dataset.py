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

CAPTION_HEIGHT = 30
BORDER = 2
#: frame colours (BGR) of visible and infrared images
COLORS = ((80, 160, 0), (0, 0, 200))
#: box colours (BGR) of unknown and known persons
BOX_COLORS = ((0, 0, 255), (0, 255, 0))


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
        image (np.ndarray): ``(H, W, 3)`` uint8 BGR.
        instances (InstanceData): ``bboxes``, ``person_ids``, ``is_known``.
    """
    for box, person, known in zip(
        instances.bboxes.round().int().tolist(),
        instances.person_ids.tolist(),
        instances.is_known.tolist(),
        strict=True,
    ):
        color = BOX_COLORS[known]
        cv2.rectangle(image, box[:2], box[2:], color, 1)
        write(image, str(person), (box[0] + 2, box[1] + 12), color)


def write(
    image: np.ndarray, text: str, place: tuple[int, int], color: tuple
) -> None:
    """Write a line, in place.

    Args:
        image (np.ndarray): ``(H, W, 3)`` uint8 BGR.
        text (str): The line.
        place (tuple[int, int]): Its lower left corner, (x, y) in pixels.
        color (tuple[int, int, int]): BGR.
    """
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(image, text, place, font, 0.4, color, 1, cv2.LINE_AA)


def to_tile(inputs: torch.Tensor, sample) -> np.ndarray:
    """Draw one image with frame and caption.

    Args:
        inputs (Tensor): ``(3, H, W)`` BGR in 0..255.
        sample (DataSample): Its data sample.

    Returns:
        np.ndarray: The tile, ``(H', W', 3)`` uint8.
    """
    image = inputs.float().round().clamp(0, 255).byte()
    image = np.ascontiguousarray(image.permute(1, 2, 0).numpy())
    is_scene = 'gt_instances' in sample
    if is_scene:
        draw_boxes(image, sample.gt_instances)
    # small images are enlarged, so that the caption can be read
    scale = max(1, round(96 / image.shape[1]))
    image = cv2.resize(
        image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST
    )
    color = COLORS[sample.modality]
    tile = cv2.copyMakeBorder(
        image,
        CAPTION_HEIGHT,
        BORDER,
        BORDER,
        BORDER,
        cv2.BORDER_CONSTANT,
        value=color,
    )
    name = f'scene {sample.img_id}' if is_scene else f'id {sample.pid}'
    lines = (
        f'{("vis", "ir")[sample.modality]} {name}',
        f'cam {sample.cam_id}' + (' flip' if sample.get('flip') else ''),
    )
    for row, line in enumerate(lines):
        write(tile, line, (4, 12 + 14 * row), (255, 255, 255))
    return tile


def make_sheet(batch: dict, columns: int) -> np.ndarray:
    """Arrange the images of one batch in rows.

    Args:
        batch (dict): ``inputs`` and ``data_samples`` as collated.
        columns (int): Images in a row.

    Returns:
        np.ndarray: The sheet, ``(H, W, 3)`` uint8 BGR.
    """
    tiles = [
        to_tile(inputs, sample)
        for inputs, sample in zip(
            batch['inputs'], batch['data_samples'], strict=True
        )
    ]
    height = max(tile.shape[0] for tile in tiles)
    width = max(tile.shape[1] for tile in tiles)
    tiles = [mmcv.impad(t, shape=(height, width), pad_val=255) for t in tiles]
    blank = np.full((height, width, 3), 255, dtype=np.uint8)
    tiles += [blank] * (-len(tiles) % columns)
    rows = [
        np.hstack(tiles[i : i + columns])
        for i in range(0, len(tiles), columns)
    ]
    return np.vstack(rows)


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
        mmcv.imwrite(make_sheet(batch, args.columns), str(path))
        print(f'{len(batch["inputs"])} images: {path}')


if __name__ == '__main__':
    main()
