"""Check a person search data set before training on it.

The converted splits and protocols, their counts against those of the official
release (other counts are only warnings), persons in both halves, and every
scene:

    python tools/misc/verify_scenes.py cuhk_sysu data/cuhk_sysu

The exit code is 1 if anything would stop or spoil a training, else 0.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from mmvireid.datasets.person_search import (
    CUHKSYSU,
    PRW,
    COCOPersons,
    PersonSearchDataset,
)
from mmvireid.utils.command_line import short_errors
from mmvireid.utils.verification import Report, check_images

DATASETS = dict(cuhk_sysu=CUHKSYSU, prw=PRW, coco_persons=COCOPersons)
#: name, split -> scenes and known persons; None if not known
OFFICIAL_COUNTS = {
    ('cuhk_sysu', 'trainval'): (11206, 5532),
    ('cuhk_sysu', 'test'): (6978, 2900),
    ('prw', 'trainval'): (5704, None),
    ('prw', 'test'): (6112, None),
}
#: name, protocol -> queries
OFFICIAL_QUERIES = {
    ('cuhk_sysu', 'G100'): 2900,
    ('cuhk_sysu', 'occlusion'): 187,
    ('cuhk_sysu', 'resolution'): 290,
    ('prw', 'all'): 2057,
}
#: splits that must not have a known person in common
APART = (('train', 'val'), ('trainval', 'test'))


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('dataset', choices=list(DATASETS))
    parser.add_argument('root', help='folder of the data set')
    parser.add_argument(
        '--jobs', type=int, default=8, help='scenes read at the same time'
    )
    return parser.parse_args(argv)


def load_splits(name: str, root: str, report: Report) -> dict[str, list[dict]]:
    """Read the records of all splits, reporting those that cannot be read."""
    splits = {}
    for split in DATASETS[name].SPLITS:
        try:
            dataset: PersonSearchDataset = DATASETS[name](
                root, split, test_mode=True, serialize_data=False
            )
        except (OSError, ValueError) as error:
            report.error(f'{split}: {error}')
            continue
        splits[split] = dataset.data_list
        persons = dataset.metainfo['num_known_persons']
        check_counts(name, split, len(dataset), persons, report)
    return splits


def check_counts(
    name: str, split: str, scenes: int, persons: int, report: Report
) -> None:
    """Compare the counts with the official ones."""
    print(f'{split}: {scenes} scenes, {persons} known persons')
    official = OFFICIAL_COUNTS.get((name, split), (None, None))
    for kind, found, expected in zip(
        ('scenes', 'known persons'), (scenes, persons), official, strict=True
    ):
        if expected is not None and found != expected:
            report.warn(
                f'{split}: {found} {kind}, the official release has {expected}'
            )


def check_persons(splits: dict[str, list[dict]], report: Report) -> None:
    """Report persons twice in a scene, or in splits that are apart."""
    persons: dict[str, set] = {}
    for split, records in splits.items():
        known = [
            [box['person_id'] for box in r['instances'] if box['is_known']]
            for r in records
        ]
        persons[split] = {person for scene in known for person in scene}
        twice = sum(len(scene) > len(set(scene)) for scene in known)
        if twice:
            report.warn(f'{split}: one person has two boxes in {twice} scenes')
    for first, second in APART:
        shared = persons.get(first, set()) & persons.get(second, set())
        if shared:
            some = ', '.join(str(person) for person in sorted(shared)[:10])
            message = f'{len(shared)} persons are in {first} and in {second}: '
            # PRW's commonest persons are in both
            tell = report.error if second == 'test' else report.warn
            tell(message + some)


def check_protocols(
    name: str, root: Path, splits: dict[str, list[dict]], report: Report
) -> None:
    """Check that queries and galleries are in their splits."""
    for path in sorted((root / 'annotations').glob('*_*.json')):
        split, _, protocol = path.stem.partition('_')
        if split not in splits or split == 'instances':
            continue
        try:
            queries = json.loads(path.read_bytes())['queries']
        except (ValueError, KeyError, TypeError) as error:
            report.error(f'{path.name} is no protocol: {error!r}')
            continue
        lost = count_lost(queries, splits[split])
        for what, count in lost.items():
            tell = report.warn if what.startswith('queries') else report.error
            tell(f'{path.name}: {count} {what}')
        print(f'{path.name}: {len(queries)} queries')
        expected = OFFICIAL_QUERIES.get((name, protocol))
        if split == 'test' and expected not in (None, len(queries)):
            report.warn(
                f'{path.name}: {len(queries)} queries, the official release '
                f'has {expected}'
            )


def count_lost(queries: list[dict], records: list[dict]) -> Counter:
    """Count what a protocol asks for and a split does not have."""
    owner = {
        box['ann_id']: (record['img_id'], box['person_id'])
        for record in records
        for box in record['instances']
    }
    scenes: dict[int, set] = {}
    for scene, person in owner.values():
        scenes.setdefault(person, set()).add(scene)
    numbers = {record['img_id'] for record in records}
    lost: Counter = Counter()
    for query in queries:
        if query['ann_id'] not in owner:
            lost['boxes that the split does not have'] += 1
            continue
        own, person = owner[query['ann_id']]
        gallery = query['gallery']
        gallery = numbers - {own} if gallery is None else set(gallery)
        if gallery - numbers:
            lost['galleries with scenes that the split does not have'] += 1
        if not gallery & scenes[person]:
            lost['queries whose person is nowhere in the gallery'] += 1
    return lost


@short_errors()
def main(argv: list | None = None) -> int:
    """Run all checks and return the exit code."""
    args = parse_args(argv)
    report = Report()
    splits = load_splits(args.dataset, args.root, report)
    check_persons(splits, report)
    check_protocols(args.dataset, Path(args.root), splits, report)
    images = {
        record['img_path']: (record['width'], record['height'])
        for records in splits.values()
        for record in records
    }
    check_images(sorted(images.items()), args.jobs, report)
    print(
        f'{Path(args.root)}: {report.errors} errors, '
        f'{report.warnings} warnings'
    )
    return 1 if report.errors else 0


if __name__ == '__main__':
    raise SystemExit(main())
