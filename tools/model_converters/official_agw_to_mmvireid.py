"""Convert an official AGW or CAJ checkpoint to this toolbox.

    python tools/model_converters/official_agw_to_mmvireid.py \
        sysu_agw_best.t agw_official.pth

It lists every weight it did not use: the official network holds three full
ResNet-50s and uses one body and two stems.
"""

from collections.abc import Sequence

import torch

from mmvireid.utils.command_line import short_errors
from mmvireid.utils.conversion import (
    build_parser,
    load_source,
    print_unused,
    save_converted,
    with_origin,
)
from mmvireid.utils.official_agw import convert_official_agw


def report(converted: dict) -> None:
    """Print what the model's config must say."""
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


def inter_channels(theta: torch.Tensor) -> int | None:
    """Return the option that gives a non-local block this query weight."""
    inner, outer = theta.shape[:2]
    return None if inner == outer // 2 else inner


@short_errors()
def main(argv: Sequence[str] | None = None) -> None:
    """Run the conversion."""
    args = build_parser(__doc__).parse_args(argv)
    checkpoint = load_source(args)
    converted, unused = convert_official_agw(checkpoint.get('net', checkpoint))
    save_converted(with_origin(converted, args.src), args.dst)
    report(converted)
    print_unused(unused)


if __name__ == '__main__':
    main()
