"""Compare the data pipeline with bare OpenCV on one core.

Both read the same JPEG files of 288 x 144 pixels. "Bare" is the fastest way
found with OpenCV alone: ``cv2.imread``, ``cv2.resize`` and mean/std
normalisation to float32 by one ``cv2.transform``. Each side delivers a batch
at a time; processor time is measured. Against it stand

- the configs' test pipeline from files to data samples. It leaves the
  normalisation to the data preprocessor, which works on the device;
- the same with that preprocessor, here on the CPU, against bare images
  stacked into a batch: equal work on both sides;
- the training pipeline to data samples; its bare counterpart pads, crops
  and flips as well.

    python benchmarks/data_pipeline.py
"""

# ruff: noqa: NPY002 (drawing from numpy's global state is the fastest)
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

from mmvireid.datasets import RegDB, collate_views
from mmvireid.registry import MODELS

CONFIG = Path(__file__).parents[1] / (
    'configs/_base_/datasets/pipelines_288x144.py'
)
HEIGHT, WIDTH = 288, 144
PADDING = 10
BATCH_SIZE = 64
#: BGR in 0..255 to normalised RGB, as an affine map of the channels
NORMALIZE = np.array(
    [
        [0, 0, 1 / 58.395, -123.675 / 58.395],
        [0, 1 / 57.12, 0, -116.28 / 57.12],
        [1 / 57.375, 0, 0, -103.53 / 57.375],
    ]
)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument(
        '--batches', type=int, default=8, help='batches in one round'
    )
    parser.add_argument(
        '--rounds',
        type=int,
        default=9,
        help='rounds, the contestants taking turns (the median counts)',
    )
    return parser.parse_args()


def write_images(root: Path, count: int) -> None:
    """Write smooth random images in RegDB's layout, half of them thermal."""
    rng = np.random.default_rng(0)
    (root / 'idx').mkdir()
    for name in ('Visible', 'Thermal'):
        lines = []
        for number in range(count // 2):
            path = root / f'{name}/{number // 8}/{number}.jpg'
            path.parent.mkdir(parents=True, exist_ok=True)
            coarse = rng.integers(0, 256, (36, 18, 3), dtype=np.uint8)
            image = cv2.resize(
                coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
            ).astype(int)
            noise = rng.integers(-8, 9, image.shape)
            image = (image + noise).clip(0, 255).astype(np.uint8)
            cv2.imwrite(str(path), image)
            lines.append(f'{path.relative_to(root)} {number // 8}')
        for half in ('train', 'test'):
            index = root / f'idx/{half}_{name.lower()}_1.txt'
            index.write_text('\n'.join(lines))


def read_bare(path: str, augment: bool) -> np.ndarray:
    """Read one image ``(H, W, 3)``, normalised float32, with OpenCV."""
    image = cv2.resize(cv2.imread(path), (WIDTH, HEIGHT))
    if augment:
        image = cv2.copyMakeBorder(
            image, *[PADDING] * 4, cv2.BORDER_CONSTANT, value=0
        )
        top, left = np.random.randint(0, 2 * PADDING + 1, 2)
        image = image[top : top + HEIGHT, left : left + WIDTH]
        if np.random.rand() < 0.5:
            image = cv2.flip(image, 1)
    return cv2.transform(image.astype(np.float32), NORMALIZE)


def bare_samples(paths: list[str], augment: bool = False) -> list:
    """Read the images of one batch."""
    return [read_bare(path, augment) for path in paths]


def bare_batch(paths: list[str]) -> torch.Tensor:
    """Read images into one batch ``(B, 3, H, W)``."""
    return torch.stack(
        [
            torch.from_numpy(image).permute(2, 0, 1)
            for image in bare_samples(paths)
        ]
    )


def our_samples(dataset: RegDB, indices: list[int]) -> dict:
    """Read images through data set and pipeline."""
    return collate_views([dataset[i] for i in indices])


def seconds(read: Callable, batch: list) -> float:
    """Return the processor time that one batch takes."""
    start = time.process_time()
    read(batch)
    return time.process_time() - start


def compare(title: str, contestants: dict, rounds: int) -> None:
    """Time two contestants batch by batch in turns; print rates and ratio.

    Args:
        title (str): What is compared.
        contestants (dict): For ``'bare'`` and ``'mmvireid'`` a function
            that reads a batch, and the list of its arguments.
        rounds (int): How many rounds; the median counts. One more goes
            before, to fill caches.
    """
    times = {name: [] for name in contestants}
    for number in range(rounds + 1):
        total = dict.fromkeys(contestants, 0.0)
        for pair in zip(*(b for _, b in contestants.values()), strict=True):
            for (name, (read, _)), batch in zip(
                contestants.items(), pair, strict=True
            ):
                total[name] += seconds(read, batch)
        if number:
            for name, value in total.items():
                times[name].append(value)
    images = sum(map(len, contestants['bare'][1]))
    ratio = median(
        bare / ours
        for bare, ours in zip(times['bare'], times['mmvireid'], strict=True)
    )
    print(
        f'{title}: bare {images / median(times["bare"]):.0f} images/s, '
        f'mmvireid {images / median(times["mmvireid"]):.0f} images/s, '
        f'ratio {ratio:.3f}'
    )


def main() -> None:
    """Print the ratios."""
    args = parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    init_default_scope('mmvireid')
    cfg = Config.fromfile(CONFIG)
    preprocess = MODELS.build(dict(type='CrossModalityDataPreprocessor'))
    count = args.batches * BATCH_SIZE
    order = np.random.default_rng(0).permutation(count).tolist()
    batches = [order[i : i + BATCH_SIZE] for i in range(0, count, BATCH_SIZE)]
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder), count)
        test = RegDB(folder, 'train', pipeline=cfg.test_pipeline)
        train = RegDB(folder, 'train', pipeline=cfg.train_pipeline)
        paths = [test.get_data_info(i)['img_path'] for i in range(count)]
        files = [[paths[i] for i in batch] for batch in batches]

        contests = {
            'test pipeline to data samples': (
                bare_samples,
                lambda batch: our_samples(test, batch),
            ),
            'test pipeline to normalised batches': (
                bare_batch,
                lambda batch: preprocess(our_samples(test, batch)),
            ),
            'training pipeline to data samples': (
                lambda batch: bare_samples(batch, augment=True),
                lambda batch: our_samples(train, batch),
            ),
        }
        # malloc keeps large blocks only after some were freed: bring it to
        # the state it has in a running program before anything is timed
        for bare, ours in contests.values():
            bare(files[0])
            ours(batches[0])
        for title, (bare, ours) in contests.items():
            contestants = dict(bare=(bare, files), mmvireid=(ours, batches))
            compare(title, contestants, args.rounds)


if __name__ == '__main__':
    main()
