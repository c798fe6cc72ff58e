"""Convert the annotations of CUHK-SYSU.

    python tools/dataset_converters/cuhk_sysu.py /path/to/CUHK-SYSU

The folder holds Image/SSM and annotation, as they are distributed; the json
files of the splits and protocols go to its new folder annotations.
"""

import argparse

from mmvireid.datasets.conversion import convert_cuhk_sysu
from mmvireid.utils.command_line import print_splits, short_errors


@short_errors()
def main(argv: list | None = None) -> None:
    """Convert and print what there is."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('root', help='folder of the data set')
    args = parser.parse_args(argv)
    print_splits('CUHK-SYSU', convert_cuhk_sysu(args.root))


if __name__ == '__main__':
    main()
