"""Convert an official AGW or CAJ checkpoint to this toolbox.

    python tools/model_converters/official_agw_to_mmvireid.py \
        sysu_agw_best.t agw_official.pth

It lists every weight it did not use: the official network holds three full
ResNet-50s and uses one body and two stems.
"""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import torch

from mmvireid.engine.safe_loading import load_from_local, trust_checkpoint
from mmvireid.utils.atomic import write_atomically
from mmvireid.utils.official_agw import convert_official_agw


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('src', help='the official checkpoint')
    parser.add_argument('dst', help='the file to write')
    parser.add_argument(
        '--trust-checkpoint',
        action='store_true',
        help='load any pickled object. This can run code from the file: only '
        'for a file whose origin is known',
    )
    return parser.parse_args(argv)


def report(converted: dict, unused: list) -> None:
    """Print what the model's config must say and what was left."""
    identities = converted['heads.id.fc.weight'].shape[0]
    print(f'Converted {len(converted)} weights for {identities} identities.')
    theta = 'backbone.backbone.layer2.2.non_local.theta.weight'
    if theta in converted:
        print(
            'Load it into a NonLocalResNet with inter_channels='
            f'{inter_channels(converted[theta])}.'
        )
    else:
        print('Load it into an mmpretrain.ResNet: no non-local blocks.')
    print(f'Not used ({len(unused)}):')
    for key in unused:
        print(f'  {key}')


def inter_channels(theta: torch.Tensor) -> int | None:
    """Return the option that gives a non-local block this query weight."""
    inner, outer = theta.shape[:2]
    return None if inner == outer // 2 else inner


def main(argv: Sequence[str] | None = None) -> None:
    """Run the conversion."""
    args = parse_args(argv)
    if args.trust_checkpoint:
        trust_checkpoint(args.src)
    checkpoint = load_from_local(args.src, map_location='cpu')
    converted, unused = convert_official_agw(checkpoint.get('net', checkpoint))
    data = io.BytesIO()
    meta = dict(converted_from=Path(args.src).name)
    torch.save(dict(meta=meta, state_dict=converted), data)
    write_atomically(args.dst, data.getvalue())
    report(converted, unused)


if __name__ == '__main__':
    main()
