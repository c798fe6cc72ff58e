"""Convert an official CM-NAS checkpoint to this toolbox.

    python tools/model_converters/official_cm_nas_to_mmvireid.py \
        model.pth cm_nas_official.pth --architecture network.cfg

``network.cfg`` is the searched configuration that it was trained with, a line
of 53 integers; in testing CM_NAS_ARCHITECTURE must name it too. The official
network holds three batch norms for each; those that the configuration does not
use are listed and left.
"""

from collections.abc import Sequence

from mmengine.registry import init_default_scope

from mmvireid.models.backbones import (
    build_plain,
    find_norms,
    read_architecture,
)
from mmvireid.utils.command_line import short_errors
from mmvireid.utils.conversion import (
    build_parser,
    load_source,
    print_unused,
    save_converted,
    with_origin,
)
from mmvireid.utils.official_cm_nas import convert_official_cm_nas


@short_errors()
def main(argv: Sequence[str] | None = None) -> None:
    """Run the conversion."""
    parser = build_parser(__doc__)
    parser.add_argument(
        '--architecture',
        required=True,
        help='the searched configuration that the model was trained with',
    )
    args = parser.parse_args(argv)
    init_default_scope('mmvireid')
    norms = find_norms(build_plain(dict(type='mmpretrain.ResNet', depth=50)))
    separate = read_architecture(args.architecture, norms)
    checkpoint = load_source(args)
    converted, unused = convert_official_cm_nas(
        checkpoint.get('model', checkpoint), separate
    )
    save_converted(with_origin(converted, args.src), args.dst)
    identities = converted['heads.id.fc.weight'].shape[0]
    print(
        f'Converted {len(converted)} weights for {identities} identities; '
        f'{sum(separate.values())} of {len(separate)} norms are separate.'
    )
    print_unused(unused)


if __name__ == '__main__':
    main()
