"""Check a data set before training on it.

The folder tree, the split files, the image counts against those of the
official release (other counts are only warnings) and every image:

    python tools/misc/verify_dataset.py regdb data/regdb --trial 1

The exit code is 1 if anything would stop or spoil a training, else 0. Data
sets of scenes are checked by verify_scenes.py.
"""

import argparse
from pathlib import Path

import numpy as np

from mmvireid.datasets import LLCM, SYSUMM01, CrossModalityDataset, RegDB
from mmvireid.utils.command_line import short_errors
from mmvireid.utils.verification import Report, check_images

DATASETS = dict(sysu=SYSUMM01, regdb=RegDB, llcm=LLCM)
#: name, split -> identities, visible and infrared images; None if not known
OFFICIAL_COUNTS = {
    ('sysu', 'train'): (296, None, None),
    ('sysu', 'val'): (99, None, None),
    ('sysu', 'trainval'): (395, 22258, 11909),
    ('sysu', 'test'): (96, None, 3803),
    ('regdb', 'train'): (206, 2060, 2060),
    ('regdb', 'test'): (206, 2060, 2060),
    ('llcm', 'train'): (713, 16946, 13975),
    ('llcm', 'test'): (351, 8680, 7166),
}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('dataset', choices=list(DATASETS))
    parser.add_argument('root', help='folder of the data set')
    parser.add_argument(
        '--trial',
        type=int,
        nargs='*',
        help='RegDB trials to check (default: all there are)',
    )
    parser.add_argument(
        '--jobs', type=int, default=8, help='images read at the same time'
    )
    args = parser.parse_args()
    if args.trial and args.dataset != 'regdb':
        parser.error(f'--trial is for regdb; {args.dataset} has no trials.')
    return args


def find_trials(root: str) -> list[int]:
    """Return the RegDB trials that have an index file; 1 if none has."""
    files = Path(root).glob('idx/train_visible_*.txt')
    numbers = (file.stem.rpartition('_')[2] for file in files)
    return sorted(int(n) for n in numbers if n.isdecimal()) or [1]


def load_splits(
    name: str, root: str, trials: list[int] | None, report: Report
) -> dict[str, CrossModalityDataset]:
    """Read all splits, reporting those that cannot be read."""
    splits = {}
    if name == 'regdb':
        trials = trials or find_trials(root)
    for trial in trials if name == 'regdb' else [None]:
        options = {} if trial is None else dict(trial=trial)
        suffix = '' if trial is None else f' of trial {trial}'
        for split in DATASETS[name].SPLITS:
            try:
                splits[f'{split}{suffix}'] = DATASETS[name](
                    root,
                    split=split,
                    test_mode=True,
                    serialize_data=False,
                    **options,
                )
            except (OSError, ValueError) as error:
                report.error(f'{split}{suffix}: {error}')
    return splits


def check_counts(
    name: str, title: str, dataset: CrossModalityDataset, report: Report
) -> None:
    """Compare the counts with the official ones."""
    counts = (
        dataset.metainfo['num_identities'],
        int((dataset.modalities == 0).sum()),
        int((dataset.modalities == 1).sum()),
    )
    print(
        f'{title}: {counts[0]} identities, {counts[1]} visible and '
        f'{counts[2]} infrared images'
    )
    official = OFFICIAL_COUNTS[name, dataset.split]
    for kind, found, expected in zip(
        ('identities', 'visible images', 'infrared images'),
        counts,
        official,
        strict=True,
    ):
        if expected is not None and found != expected:
            report.warn(
                f'{title}: {found} {kind}, the official release has {expected}'
            )


def check_identities(
    title: str, dataset: CrossModalityDataset, report: Report
) -> None:
    """Report identities that lack a modality or have a single image."""
    size = dataset.metainfo['num_identities']
    counts = np.stack(
        [
            np.bincount(
                dataset.labels[dataset.modalities == m], minlength=size
            )
            for m in range(2)
        ]
    )
    names = np.array(dataset.metainfo['identities'])
    for what, found in (
        ('no image in one modality', (counts == 0).any(axis=0)),
        ('a single image in a modality', (counts == 1).any(axis=0)),
    ):
        if found.any():
            report.warn(
                f'{title}: {found.sum()} identities have {what}: '
                f'{", ".join(names[found][:10])}'
            )


def check_overlap(
    splits: dict[str, CrossModalityDataset], report: Report
) -> None:
    """Report identities that are both in training and in test lists."""
    for title, test in splits.items():
        if test.split != 'test':
            continue
        for other, train in splits.items():
            if train.split == 'test' or train.trial != test.trial:
                continue
            shared = set(train.metainfo['identities']) & set(
                test.metainfo['identities']
            )
            if shared:
                report.error(
                    f'{len(shared)} identities are in {other} and in '
                    f'{title}: {", ".join(sorted(shared)[:10])}'
                )


@short_errors()
def main() -> int:
    """Run all checks and return the exit code."""
    args = parse_args()
    report = Report()
    splits = load_splits(args.dataset, args.root, args.trial, report)
    for title, dataset in splits.items():
        check_counts(args.dataset, title, dataset, report)
        check_identities(title, dataset, report)
    check_overlap(splits, report)
    paths = sorted(
        {
            dataset.get_data_info(i)['img_path']
            for dataset in splits.values()
            for i in range(len(dataset))
        }
    )
    if paths:
        check_images([(path,) for path in paths], args.jobs, report)
    print(
        f'{Path(args.root)}: {report.errors} errors, '
        f'{report.warnings} warnings'
    )
    return 1 if report.errors else 0


if __name__ == '__main__':
    raise SystemExit(main())
