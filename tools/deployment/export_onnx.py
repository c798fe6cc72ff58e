"""Export the test path of a model as ONNX, a graph for each modality.

    python tools/deployment/export_onnx.py CONFIG CHECKPOINT --out-dir DIR

Writes visible.onnx and infrared.onnx. Both take `images`, (B, 3, H, W) floats,
BGR in 0..255 and of the test pipeline's size, and give `features`, (B, C) unit
vectors; the similarity of two images is the product of theirs. Each graph is
run and compared with the model.
"""

import argparse
from pathlib import Path

from mmengine.registry import init_default_scope

from mmvireid.apis import build_feature_model, export_onnx
from mmvireid.structures import MODALITIES
from mmvireid.utils.command_line import (
    INPUT_ERRORS,
    add_trust_argument,
    short_errors,
)
from mmvireid.utils.config import load_config


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file or URL')
    parser.add_argument(
        '--out-dir', default='work_dirs/onnx', help='default: %(default)s'
    )
    parser.add_argument('--feature', default='bn', help='default: %(default)s')
    parser.add_argument(
        '--image-size',
        type=int,
        nargs=2,
        metavar=('HEIGHT', 'WIDTH'),
        help="default: that of the test pipeline's Resize",
    )
    parser.add_argument(
        '--batch-size',
        type=int,
        help='a fixed number of images, which Swin needs (default: any)',
    )
    add_trust_argument(parser)
    return parser.parse_args(argv)


def resized_to(pipeline: list) -> tuple[int, int]:
    """Return the ``(H, W)`` that a pipeline resizes to.

    Args:
        pipeline (list[dict]): The test pipeline.

    Returns:
        tuple[int, int]: The size.

    Raises:
        ValueError: If it has no Resize with a scale.
    """
    for transform in pipeline:
        if transform['type'].split('.')[-1] == 'Resize':
            width, height = transform['scale']
            return height, width
    raise ValueError('The test pipeline has no Resize: name --image-size.')


@short_errors((*INPUT_ERRORS, RuntimeError))
def main(argv: list | None = None) -> None:
    """Export both graphs."""
    args = parse_args(argv)
    cfg = load_config(args.config)
    init_default_scope(cfg.get('default_scope', 'mmvireid'))
    model = build_feature_model(cfg, args.checkpoint)
    size = args.image_size or resized_to(cfg.test_dataloader.dataset.pipeline)
    for modality in MODALITIES:
        path = Path(args.out_dir) / f'{modality}.onnx'
        difference = export_onnx(
            model, path, modality, tuple(size), args.feature,
            args.batch_size,
        )  # fmt: skip
        print(f'{path}: differs from the model by {difference:.1e}')


if __name__ == '__main__':
    main()
