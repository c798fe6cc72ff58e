"""Render toy pedestrians in both spectra as a visible-infrared data set."""

import argparse

from mmvireid.datasets.toy import render_toy_dataset
from mmvireid.utils.command_line import short_errors


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Render procedural pedestrians in the visible and the '
        'infrared spectrum, in the layout of a real data set with its split '
        'files. The same options give the same bytes.',
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument('out', metavar='OUT', help='folder to write to')
    parser.add_argument(
        '--layout',
        choices=('sysu', 'regdb', 'llcm'),
        default='sysu',
        help='data set whose layout is written',
    )
    parser.add_argument(
        '--train-ids', type=int, default=180, help='identities to train on'
    )
    parser.add_argument(
        '--val-ids',
        type=int,
        default=20,
        help='identities for model selection; they join the train '
        'identities where the layout has no such split',
    )
    parser.add_argument(
        '--test-ids', type=int, default=50, help='identities to test on'
    )
    parser.add_argument(
        '--images-per-camera',
        type=int,
        default=4,
        help='images of an identity by one camera; sysu has 6 cameras, '
        'regdb 2, llcm 18',
    )
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(144, 72),
        metavar=('H', 'W'),
        help='height and width of the images, pixels',
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
    return parser.parse_args()


@short_errors()
def main() -> None:
    """Render with a progress bar."""
    args = parse_args()
    render_toy_dataset(
        args.out,
        layout=args.layout,
        train_ids=args.train_ids,
        val_ids=args.val_ids,
        test_ids=args.test_ids,
        images_per_camera=args.images_per_camera,
        size=tuple(args.size),
        seed=args.seed,
        workers=args.workers,
        overwrite=args.overwrite,
        progress=True,
    )
    print(f'\nwrote {args.layout} layout to {args.out}')


if __name__ == '__main__':
    main()
