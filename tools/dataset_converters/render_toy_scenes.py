"""Render toy scenes in the layout of a person search data set.

    python tools/dataset_converters/render_toy_scenes.py data/toy_cuhk_sysu
    python tools/dataset_converters/cuhk_sysu.py data/toy_cuhk_sysu

The scenes come with the files that the data set's authors distribute; the
second command converts them. The same options give the same bytes.
"""

import argparse

from mmvireid.datasets.toy.scenes import (
    SCENE_LAYOUTS,
    SceneSpec,
    render_toy_scenes,
)
from mmvireid.utils.command_line import short_errors

#: known persons to train and to test on
IDS = dict(cuhk_sysu=(200, 100), prw=(200, 100), coco=(0, 0))
CONVERTERS = dict(cuhk_sysu='cuhk_sysu', prw='prw', coco='coco_persons')


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.split('\n')[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument('out', metavar='OUT', help='folder to write to')
    parser.add_argument(
        '--layout',
        choices=sorted(SCENE_LAYOUTS),
        default='cuhk_sysu',
        help='cuhk_sysu: every scene another place; prw: six cameras; coco: '
        'everyone is seen once',
    )
    for name, words in (('train', 'to train on'), ('test', 'to test on')):
        parser.add_argument(
            f'--{name}-ids',
            type=int,
            default=argparse.SUPPRESS,
            help=f'known persons {words} (default: '
            f'{IDS["prw"][name == "test"]}; none with coco)',
        )
    parser.add_argument(
        '--train-scenes', type=int, default=500, help='scenes to train on'
    )
    parser.add_argument(
        '--test-scenes', type=int, default=150, help='scenes to test on'
    )
    parser.add_argument(
        '--people',
        type=int,
        nargs=2,
        default=(3, 6),
        metavar=('MIN', 'MAX'),
        help='persons in a scene; those who would be hidden are left out',
    )
    parser.add_argument(
        '--strangers',
        type=float,
        default=0.3,
        help='share of persons whom nobody identifies',
    )
    parser.add_argument(
        '--infrared-cameras',
        type=int,
        nargs='+',
        default=(),
        metavar='CAM',
        help='cameras that see infrared, of the six of prw',
    )
    parser.add_argument(
        '--dyed',
        action='store_true',
        help='other colours before each camera: only shape tells people apart',
    )
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(240, 320),
        metavar=('H', 'W'),
        help='height and width of the scenes, pixels',
    )
    parser.add_argument(
        '--seed', type=int, default=0, help='seed of the whole data set'
    )
    parser.add_argument(
        '--workers', type=int, default=0, help='processes to render with'
    )
    parser.add_argument(
        '--overwrite', action='store_true', help='delete what is in OUT first'
    )
    return parser.parse_args(argv)


@short_errors()
def main(argv: list | None = None) -> None:
    """Render with a progress bar and say how to convert."""
    args = parse_args(argv)
    train_ids, test_ids = IDS[args.layout]
    spec = SceneSpec(
        train_ids=getattr(args, 'train_ids', train_ids),
        test_ids=getattr(args, 'test_ids', test_ids),
        train_scenes=args.train_scenes,
        test_scenes=args.test_scenes,
        people=tuple(args.people),
        strangers=args.strangers,
        infrared_cameras=tuple(args.infrared_cameras),
    )
    render_toy_scenes(
        args.out,
        args.layout,
        spec,
        size=tuple(args.size),
        seed=args.seed,
        dyed=args.dyed,
        workers=args.workers,
        overwrite=args.overwrite,
        progress=True,
    )
    tool = f'tools/dataset_converters/{CONVERTERS[args.layout]}.py'
    command = f'python {tool} {args.out}'
    if args.infrared_cameras:
        cameras = ' '.join(map(str, args.infrared_cameras))
        command += f' --infrared-cameras {cameras}'
    print(f'\nwrote {args.layout} layout; now run: {command}')


if __name__ == '__main__':
    main()
