"""Write which images of an ImageNet folder make up an ImageNet-X.

    python tools/dataset_converters/write_imagenet_manifest.py \
        /path/to/imagenet/train manifest.txt --num-classes 100

Each line is a path, relative to the folder, and a label. A data set of that
folder reads it as ann_file, by its full path. The same numbers and seed always
give the same manifest.
"""

import argparse
from pathlib import Path

from mmengine.registry import init_default_scope

from mmvireid.datasets import ImageNetSubset
from mmvireid.utils.atomic import write_atomically
from mmvireid.utils.command_line import short_errors


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('data_root', help='the folder of the classes')
    parser.add_argument('out', help='the file to write')
    parser.add_argument('--num-classes', type=int, default=100)
    parser.add_argument(
        '--images-per-class', type=int, help='default: 500 + classes'
    )
    parser.add_argument('--seed', type=int, default=42)
    return parser.parse_args(argv)


@short_errors()
def main(argv: list | None = None) -> None:
    """Write the manifest."""
    args = parse_args(argv)
    init_default_scope('mmvireid')
    dataset = ImageNetSubset(
        args.data_root, args.num_classes, args.images_per_class, args.seed
    )
    root = Path(args.data_root)
    lines = [
        f'{Path(info["img_path"]).relative_to(root)} {info["gt_label"]}\n'
        for info in (dataset.get_data_info(i) for i in range(len(dataset)))
    ]
    write_atomically(args.out, ''.join(lines).encode())
    print(
        f'{len(lines)} images of {dataset.metainfo["num_identities"]} '
        f'classes: {args.out}'
    )


if __name__ == '__main__':
    main()
