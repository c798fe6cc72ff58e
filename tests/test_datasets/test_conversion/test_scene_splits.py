import json

import numpy as np
import pytest

from mmvireid.datasets.conversion.retrieval import (
    sample_queries,
)
from mmvireid.datasets.conversion.scene_annotations import (
    UNKNOWN,
    Scene,
    SceneAnnotations,
    matching_threshold,
)
from mmvireid.datasets.conversion.splits import (
    commonest_persons,
    mini_split,
    split_train_val,
)


def content(*scenes: tuple) -> dict:
    """Make a json with the persons of each scene; None is not known."""
    number = iter(range(10**6))
    return dict(
        images=[
            dict(id=10 + i, cam_id=i % 2, modality=0)
            for i in range(len(scenes))
        ],
        annotations=[
            dict(
                id=next(number),
                image_id=10 + i,
                person_id=5000 + i if person is None else person,
                is_known=person is not None,
            )
            for i, persons in enumerate(scenes)
            for person in persons
        ],
    )


def slow_groups(data: dict, ignored: set) -> list[set]:
    """Join scenes with a common person until nothing changes."""
    groups = [{i['id']} for i in data['images']]
    people = {i['id']: set() for i in data['images']}
    for box in data['annotations']:
        if box['is_known'] and box['person_id'] not in ignored:
            people[box['image_id']].add(box['person_id'])
    changed = True
    while changed:
        changed = False
        for i, first in enumerate(groups):
            for second in groups[i + 1 :]:
                if any(people[a] & people[b] for a in first for b in second):
                    first |= second
                    groups.remove(second)
                    changed = True
                    break
    return groups


@pytest.mark.parametrize('ignored', [set(), {3, 4}])
def test_train_and_val_share_nobody(ignored):
    rng = np.random.default_rng(0)
    scenes = [
        tuple(rng.integers(0, 90, 2).tolist()) + (None,) for _ in range(120)
    ]
    data = content(*scenes)
    train, val = split_train_val(data, seed=0, ignored=ignored)
    assert sorted(train + val) == [i['id'] for i in data['images']]
    assert 0 < len(val) <= 0.2 * 120
    for group in slow_groups(data, ignored):
        assert group <= set(train) or group <= set(val)
        if len(group) == 1:
            assert group <= set(train)
    again = split_train_val(data, seed=0, ignored=ignored)
    assert again == (train, val)


def test_scenes_without_known_persons_can_be_split():
    train, val = split_train_val(content((None,), (), (None,)), seed=0)
    assert (train, val) == ([10, 11, 12], [])


def test_commonest_persons():
    data = content((1, 2, 3), (2, 3, None), (3, 9), (9,))
    assert commonest_persons(data, 2) == [3, 2]
    assert commonest_persons(data, 0) == []


def test_mini_split_prefers_recurring_persons():
    scenes = [(None,)] * 150 + [(1,), (1,), (2,), (2,)]
    data = content(*scenes)
    everything = [i['id'] for i in data['images']]
    chosen = mini_split(data, everything, seed=0)
    assert len(chosen) == 100
    assert set(everything[-4:]) <= set(chosen)
    assert mini_split(data, everything[:30], seed=0) == everything[:30]


def test_sampled_queries():
    data = content((1, 2), (1,), (2, None), (3,), (4,), (4,), (None,))
    queries = sample_queries(data, gallery_size=3, seed=0, without=[4])
    boxes = {b['id']: b for b in data['annotations']}
    assert [boxes[q]['person_id'] for q, _ in queries] == [1, 2]
    for query, gallery in queries:
        box = boxes[query]
        assert len(gallery) == 3
        assert box['image_id'] not in gallery
        others = {
            b['image_id']
            for b in data['annotations']
            if b['person_id'] == box['person_id']
        }
        assert others - {box['image_id']} <= set(gallery)
    # a gallery never has fewer than the person's own scenes
    few = sample_queries(data, gallery_size=0, seed=0)
    assert [len(gallery) for _, gallery in few] == [1, 1, 1]


@pytest.mark.parametrize(
    ('size', 'expected'),
    [((10, 10), 0.25), ((20, 40), 800 / 1500), ((100, 300), 0.5)],
)
def test_matching_threshold(size, expected):
    found = matching_threshold(np.array([(3, 4, *size)]))
    assert found == pytest.approx([min(expected, 0.5)])


def test_strangers_are_numbered_above_all_known():
    scene = Scene(
        'x.jpg',
        (100, 100),
        np.array([[0, 0, 9, 9], [1, 1, 9, 9], [2, 2, 9, 9]]),
        np.array([UNKNOWN, 9000, UNKNOWN]),
    )
    boxes = SceneAnnotations('x', [scene]).annotations
    assert [b['person_id'] for b in boxes] == [9001, 9000, 9002]
    json.dumps(boxes)  # plain numbers
