"""Compare TOPLight's two-path pipeline with plain crop, flip and normalise.

Both read the same JPEG files and give batches of 224x224 images, on one core.
"Plain" reads, crops, resizes, flips and packs each image, "two-path" is the
pipeline of the pre-training configs, with two views of each image; the data
preprocessor normalises both. The contestants take turns batch by batch, and
processor time is measured.

    python benchmarks/augment.py [--images FOLDER]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmvireid.datasets import ImageNetSubset, collate_views
from mmvireid.registry import MODELS

CONFIG = Path(__file__).parents[1] / (
    'configs/_base_/datasets/imagenet_mini_top.py'
)
BATCH_SIZE = 16


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument(
        '--images',
        help="folder in ImageNet's layout (default: smooth random images)",
    )
    parser.add_argument(
        '--batches', type=int, default=10, help='batches in one round'
    )
    parser.add_argument(
        '--rounds', type=int, default=9, help='rounds; the median counts'
    )
    return parser.parse_args()


def write_images(root: Path, count: int) -> None:
    """Write smooth random images of 375x500 pixels, ImageNet's usual size."""
    rng = np.random.default_rng(0)
    (root / 'n00000000').mkdir()
    for number in range(count):
        coarse = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        image = cv2.resize(coarse, (500, 375), interpolation=cv2.INTER_CUBIC)
        noise = rng.integers(-8, 9, image.shape)
        image = (image.astype(int) + noise).clip(0, 255).astype(np.uint8)
        cv2.imwrite(str(root / f'n00000000/{number}.jpg'), image)


def make_readers(folder: str) -> dict:
    """Make functions that read a batch of images by their indices.

    Args:
        folder (str): The images.

    Returns:
        dict[str, tuple[ImageNetSubset, Callable]]: By contestant, the data
        set and a function that returns a normalised batch.
    """
    cfg = Config.fromfile(CONFIG)
    crop, flip, _ = cfg.crop
    plain = dict(
        type='Views', pipelines=[[crop, flip, cfg.pack]], modalities=(0,)
    )
    pipelines = {
        'plain': [cfg.load, plain],
        'two-path': cfg.paired_pipeline,
    }
    preprocess = MODELS.build(dict(type='CrossModalityDataPreprocessor'))
    readers = {}
    for name, pipeline in pipelines.items():
        dataset = ImageNetSubset(folder, pipeline=pipeline)

        def read(indices: list[int], dataset=dataset) -> dict:
            return preprocess(collate_views([dataset[i] for i in indices]))

        readers[name] = (dataset, read)
    return readers


def seconds(read: Callable, batch: list) -> float:
    """Return the processor time that one batch takes."""
    start = time.process_time()
    read(batch)
    return time.process_time() - start


def compare(folder: str, args: argparse.Namespace) -> None:
    """Time both in turns and print rates and ratios."""
    readers = make_readers(folder)
    dataset = readers['plain'][0]
    order = np.random.default_rng(0).permutation(len(dataset)).tolist()
    order = order[: args.batches * BATCH_SIZE]
    batches = [
        order[i : i + BATCH_SIZE] for i in range(0, len(order), BATCH_SIZE)
    ]
    times = {name: [] for name in readers}
    for number in range(args.rounds + 1):
        total = dict.fromkeys(readers, 0.0)
        for batch in batches:
            for name, (_, read) in readers.items():
                total[name] += seconds(read, batch)
        if number:  # the first one fills caches
            for name, value in total.items():
                times[name].append(value / len(order))
    plain, ours = (median(times[name]) for name in ('plain', 'two-path'))
    ratio = median(
        a / b for a, b in zip(times['plain'], times['two-path'], strict=True)
    )
    print(f'plain     {1 / plain:6.0f} images/s')
    print(
        f'two-path  {2 / ours:6.0f} images/s, two of each of {1 / ours:.0f} '
        'files/s'
    )
    print(
        f'ratio     {2 * ratio:6.2f} of the images (bar: 0.40), {ratio:.2f} '
        'of the files'
    )


def main() -> None:
    """Print the ratio."""
    args = parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    init_default_scope('mmvireid')
    if args.images:
        compare(args.images, args)
        return
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder), args.batches * BATCH_SIZE)
        compare(folder, args)


if __name__ == '__main__':
    main()
