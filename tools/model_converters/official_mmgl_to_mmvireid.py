"""Convert a released MMGL encoder to this toolbox, or back with --reverse.

    python tools/model_converters/official_mmgl_to_mmvireid.py \
        released.pth mmgl_official.pth

The result holds the backbone only; name it in the configs of
configs/mmgl/finetune by the environment variable MMGL_CHECKPOINT. It lists
every weight that was not used.
"""

from collections.abc import Sequence

from mmvireid.utils.command_line import short_errors
from mmvireid.utils.conversion import (
    build_parser,
    load_source,
    print_unused,
    save_converted,
    with_origin,
)
from mmvireid.utils.official_mmgl import (
    convert_official_mmgl,
    convert_to_official_mmgl,
)


@short_errors()
def main(argv: Sequence[str] | None = None) -> None:
    """Run the conversion."""
    parser = build_parser(__doc__)
    parser.add_argument(
        '--reverse',
        action='store_true',
        help='convert a checkpoint of this toolbox to the released form',
    )
    args = parser.parse_args(argv)
    checkpoint = load_source(args)
    weights = checkpoint.get('state_dict', checkpoint)
    if args.reverse:
        converted, unused = convert_to_official_mmgl(weights)
        save_converted(converted, args.dst)
    else:
        converted, unused = convert_official_mmgl(weights)
        save_converted(with_origin(converted, args.src), args.dst)
    print(f'Converted {len(converted)} weights.')
    print_unused(unused)


if __name__ == '__main__':
    main()
