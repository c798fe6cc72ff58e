"""Convert the annotations of PRW.

    python tools/dataset_converters/prw.py /path/to/PRW

The folder holds frames, annotations, query_info.txt and the lists of frames,
as they are distributed; the json files of the splits and protocols go to its
folder annotations. For scenes of one's own in this layout, some cameras may be
infrared:

    python tools/dataset_converters/prw.py SCENES --infrared-cameras 2 5
"""

import argparse

from mmvireid.datasets.conversion import convert_prw
from mmvireid.utils.command_line import print_splits, short_errors


@short_errors()
def main(argv: list | None = None) -> None:
    """Convert and print what there is."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('root', help='folder of the data set')
    parser.add_argument(
        '--infrared-cameras',
        type=int,
        nargs='+',
        default=(),
        metavar='CAM',
        help='numbers of the cameras that see infrared (PRW has none)',
    )
    args = parser.parse_args(argv)
    print_splits('PRW', convert_prw(args.root, args.infrared_cameras))


if __name__ == '__main__':
    main()
