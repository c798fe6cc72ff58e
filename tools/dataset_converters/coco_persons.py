"""Convert the annotations of COCO 2017 to COCOPersons.

    python tools/dataset_converters/coco_persons.py /path/to/coco

The folder holds train2017, val2017 and annotations, as they are distributed;
the json files go to its folder annotations, beside COCO's own.
"""

import argparse

from mmvireid.datasets.conversion import convert_coco_persons
from mmvireid.utils.command_line import print_splits, short_errors


@short_errors()
def main(argv: list | None = None) -> None:
    """Convert and print what there is."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('root', help='folder of COCO')
    args = parser.parse_args(argv)
    print_splits('COCOPersons', convert_coco_persons(args.root))


if __name__ == '__main__':
    main()
