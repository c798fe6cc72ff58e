"""Try whether the backbone of a config does all that it has to.

    python tools/misc/check_backbone.py CONFIG [CONFIG ...]

For each config, from random numbers and without data: weights of the plain
backbone are written as mmpretrain writes a classifier's and loaded into both
paths (those of a ViT for 224x224, so that its position embeddings must be
resized), the model is trained for a step with two visible and two infrared
images, and the test path of either modality is exported as ONNX and compared
with the model. Any failure stops with its error.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# isort: off
import mmvireid  # noqa: F401 (mmpretrain may need its finder)
from mmpretrain.structures import DataSample

# isort: on
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from rich.table import Table
from torch import nn

from mmvireid.apis import export_onnx
from mmvireid.models.backbones import TwoStream
from mmvireid.models.backbones.pretrained import COPIES
from mmvireid.registry import MODELS
from mmvireid.utils.command_line import print_table, short_errors
from mmvireid.utils.config import load_config

COLUMNS = ('config', 'parameters (M)', 'load (s)', 'step (s)', 'export (s)')


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
    return parser.parse_args(argv)


@contextmanager
def timed(seconds: list) -> Iterator[None]:
    """Append how long something takes."""
    start = time.perf_counter()
    yield
    seconds.append(time.perf_counter() - start)


def write_plain_weights(cfg: Config, path: Path) -> dict:
    """Write random weights of the plain backbone in mmpretrain's layout.

    Args:
        cfg (Config): The config.
        path (Path): The checkpoint to write.

    Returns:
        dict[str, Tensor]: The weights, by their names in the backbone.
    """
    backbone = dict(cfg.model.backbone.backbone, init_cfg=None)
    if 'img_size' in backbone:
        backbone['img_size'] = 224
    plain = TwoStream(backbone, specific=[])
    plain.init_weights()
    weights = plain.backbone.state_dict()
    named = {f'backbone.{key}': value for key, value in weights.items()}
    torch.save(dict(state_dict=named), path)
    return weights


def build(cfg: Config, checkpoint: Path) -> nn.Module:
    """Build a config's model on weights of a plain backbone."""
    cfg.model.backbone.backbone.init_cfg = None
    cfg.model.backbone.init_cfg = dict(
        type='Pretrained', checkpoint=str(checkpoint)
    )
    model = MODELS.build(dict(cfg.model, num_identities=2))
    model.init_weights()
    return model


def check_loaded(model: nn.Module, plain: dict) -> None:
    """Check that both paths and the body have the plain weights.

    Args:
        model (CrossModalityModel): The model.
        plain (dict[str, Tensor]): The weights of the plain backbone.

    Raises:
        RuntimeError: If one is not there; resized ones are not compared.
    """
    own = model.backbone.backbone.state_dict()
    for key, value in own.items():
        name = COPIES.sub('', key)
        if name.endswith('.architecture'):  # of a search, not of a network
            continue
        if name not in plain:
            raise RuntimeError(f'"{key}" has no match in a plain backbone.')
        given = plain[name]
        if value.shape == given.shape and not torch.equal(value, given):
            raise RuntimeError(f'"{key}" was not loaded.')


def train_step(model: nn.Module, cfg: Config, size: tuple) -> None:
    """Train for one step with random images of two persons.

    Args:
        model (CrossModalityModel): The model.
        cfg (Config): Its config, with the optimiser.
        size (tuple[int, int]): ``(H, W)`` of the images.

    Raises:
        RuntimeError: If the loss or a gradient is not finite.
    """
    samples = [
        DataSample(
            metainfo=dict(modality=m, pid=i, cam_id=m + 1, sample_idx=i)
        ).set_gt_label(i)
        for m in range(2)
        for i in range(2)
    ]
    images = list(torch.randint(256, (4, 3, *size)).byte())
    optim_wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    model.train()
    data = dict(inputs=images, data_samples=samples)
    logged = model.train_step(data, optim_wrapper)
    if not torch.isfinite(logged['loss']):
        raise RuntimeError(f'The loss is {logged["loss"].item()}.')
    bad = [
        name
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and not torch.isfinite(parameter).all()
    ]
    if bad:
        raise RuntimeError(f'After a step {bad[:5]} are not finite.')


def check(path: str, size: tuple) -> tuple:
    """Return the numbers of one config, as text.

    Args:
        path (str): The config file.
        size (tuple[int, int]): ``(H, W)`` of the images.

    Returns:
        tuple[str]: See ``COLUMNS``; then the largest difference between the
        graphs' features and the model's.
    """
    cfg = load_config(path)
    seconds: list = []
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / 'plain.pth'
        plain = write_plain_weights(cfg, checkpoint)
        with timed(seconds):
            model = build(cfg, checkpoint)
        check_loaded(model, plain)
        with timed(seconds):
            train_step(model, cfg, size)
        feature = 'bn' if 'bn' in model.neck.out_channels else 'global'
        with timed(seconds):
            difference = max(
                export_onnx(
                    model, f'{folder}/{name}.onnx', name, size, feature, 1
                )
                for name in ('visible', 'infrared')
            )
    parameters = sum(p.numel() for p in model.parameters())
    return (
        Path(path).stem,
        f'{parameters / 1e6:.2f}',
        *(f'{value:.1f}' for value in seconds),
        f'{difference:.0e}',
    )


@short_errors()
def main(argv: list | None = None) -> None:
    """Print the table."""
    args = parse_args(argv)
    init_default_scope('mmvireid')
    # mmengine tells the learning rate of every single parameter
    MMLogger.get_instance('check_backbone', log_level='ERROR')
    height, width = args.image_size
    table = Table(
        *COLUMNS,
        'difference',
        title=f'{height}x{width}, 2 + 2 images, '
        f'{torch.get_num_threads()} threads',
    )
    for path in args.configs:
        table.add_row(*check(path, (height, width)))
    print_table(table)


if __name__ == '__main__':
    main()
