"""COCOPersons: the persons of COCO, every box a person of its own."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..folders import require_file, require_layout
from .official_splits import report
from .scene_annotations import Scene, SceneAnnotations, write_json

THRESHOLD = 0.5
SAMPLE_SEED = 0
SAMPLE_PERCENTS = (20, 40, 60, 80, 100, 120, 140, 160, 180)
"""The samples of the training boxes, percent of the scenes with two."""


def convert_coco_persons(root: str | Path) -> dict[str, tuple]:
    """Write the json files of COCOPersons.

    They go to ``<root>/annotations``: ``train`` and ``val``, the scenes of
    COCO 2017 (Lin et al., ECCV 2014) with a person who is no crowd, and the
    samples ``p20`` to ``p180`` of train. ``p100`` has the scenes with two
    persons or more. ``p80`` to ``p20`` lose a random fifth of its boxes
    each, but the last one of a scene stays; ``p120`` to ``p180`` gain a
    fifth each, boxes of other scenes put into random ones at the same place
    relative to their size. Each sample holds the boxes of the smaller ones.

    Args:
        root (str | Path): The folder of COCO as it is distributed.

    Returns:
        dict[str, tuple[int, int, int]]: Images, boxes and known persons of
        each split.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file does not hold what it should.
    """
    root = Path(root)
    require_layout(root, ['annotations'], 'COCO')
    contents = {}
    next_image = next_box = 0
    for split in ('train', 'val'):
        scenes = _read_scenes(root, split)
        annotations = SceneAnnotations('coco_persons', scenes, THRESHOLD)
        content = annotations.to_coco()
        _number_from(content, next_image, next_box)
        next_image += len(content['images'])
        next_box += len(content['annotations'])
        contents[split] = content
    next_person = 1 + max(
        box['person_id']
        for content in contents.values()
        for box in content['annotations']
    )
    contents.update(_sample(contents['train'], next_box, next_person))
    for name, content in contents.items():
        write_json(root / f'annotations/{name}.json', content)
    return report(contents)


def _read_scenes(root: Path, split: str) -> list[Scene]:
    """Read the scenes of a split that show a person, by their number."""
    path = root / f'annotations/instances_{split}2017.json'
    require_file(path, f"COCO's instances to {split} on")
    try:
        content = json.loads(path.read_bytes())
        person = next(
            c['id'] for c in content['categories'] if c['name'] == 'person'
        )
        images = {image['id']: image for image in content['images']}
        boxes: dict[int, list] = {}
        for box in content['annotations']:
            if box['category_id'] == person and not box['iscrowd']:
                boxes.setdefault(box['image_id'], []).append(box)
        return [
            Scene(
                f'{split}2017/{images[number]["file_name"]}',
                (images[number]['width'], images[number]['height']),
                np.array([b['bbox'] for b in boxes[number]], dtype=float),
                np.array([b['id'] for b in boxes[number]]),
            )
            for number in sorted(boxes)
        ]
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise ValueError(
            f"'{path}' must be COCO's json with images, categories (one of "
            f'them person) and annotations, but {type(error).__name__}: '
            f'{error}.'
        ) from error


def _number_from(content: dict, image: int, box: int) -> None:
    """Have the numbers of a split begin where those of another end."""
    for entry in content['images']:
        entry['id'] += image
    for entry in content['annotations']:
        entry['id'] += box
        entry['image_id'] += image


def _sample(content: dict, next_box: int, next_person: int) -> dict[str, dict]:
    """Draw the samples of the training boxes.

    Boxes and persons that are made up are numbered from ``next_box`` and
    ``next_person`` on.
    """
    rng = np.random.default_rng(SAMPLE_SEED)
    scene = np.array([b['image_id'] for b in content['annotations']])
    _, inverse, counts = np.unique(
        scene, return_inverse=True, return_counts=True
    )
    whole = np.flatnonzero(counts[inverse] > 1)
    boxes = [content['annotations'][i] for i in whole]
    order = _removal_order(scene[whole], rng)
    samples = {100: boxes}
    for percent in (p for p in SAMPLE_PERCENTS if p < 100):
        # those that go first are at the front
        gone = order[: round(len(boxes) * (1 - percent / 100))]
        samples[percent] = np.delete(np.array(boxes, object), gone).tolist()
    most = max(SAMPLE_PERCENTS)
    count = round(len(boxes) * (most - 100) / 100)
    images = {image['id']: image for image in content['images']}
    drawn = _random_boxes(boxes, images, count, rng)
    for i, box in enumerate(drawn):
        box.update(id=next_box + i, person_id=next_person + i)
    for percent in (p for p in SAMPLE_PERCENTS if p > 100):
        extra = drawn[: round(len(boxes) * (percent - 100) / 100)]
        samples[percent] = boxes + extra
    kept = set(scene[whole].tolist())
    images = [i for i in content['images'] if i['id'] in kept]
    return {
        f'p{percent}': dict(
            content,
            images=images,
            annotations=sorted(
                samples[percent], key=lambda b: (b['image_id'], b['id'])
            ),
        )
        for percent in SAMPLE_PERCENTS
    }


def _removal_order(scene: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Order boxes at random, without one of each scene, which stays.

    Args:
        scene (np.ndarray): ``(N,)`` the scene of each box.
        rng (np.random.Generator): Source of randomness.

    Returns:
        np.ndarray: Positions of the boxes that may go.
    """
    order = rng.permutation(len(scene))
    _, last = np.unique(scene[order], return_index=True)
    return np.delete(order, last)


def _random_boxes(
    boxes: Sequence[dict],
    images: dict[int, dict],
    count: int,
    rng: np.random.Generator,
) -> list[dict]:
    """Put boxes into scenes at the same place relative to their size."""
    scenes = sorted({box['image_id'] for box in boxes})
    drawn = []
    for _ in range(count):
        source = boxes[rng.integers(len(boxes))]
        size, target = (
            images[number]
            for number in (
                source['image_id'],
                scenes[rng.integers(len(scenes))],
            )
        )
        across = target['width'] / size['width']
        down = target['height'] / size['height']
        left, top, width, height = source['bbox']
        bbox = [left * across, top * down, width * across, height * down]
        area = bbox[2] * bbox[3]
        drawn.append(dict(source, image_id=target['id'], bbox=bbox, area=area))
    return drawn
