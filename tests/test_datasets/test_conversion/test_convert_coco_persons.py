import json
from pathlib import Path

import pytest

from mmvireid.datasets.conversion import (
    SAMPLE_PERCENTS,
    convert_coco_persons,
)


def load(root: Path, name: str) -> dict:
    return json.loads((root / f'annotations/{name}.json').read_text())


def scene(number: int) -> dict:
    return dict(id=number, file_name=f'{number}.jpg', width=100, height=50)


def box(number: int, image: int, category: int = 3, crowd: int = 0) -> dict:
    return dict(
        id=number,
        image_id=image,
        bbox=[1.5, 2, 10, 20],
        category_id=category,
        iscrowd=crowd,
    )


@pytest.fixture
def small(tmp_path) -> Path:
    """A COCO in which person is number 3, of two splits."""
    (tmp_path / 'annotations').mkdir()
    categories = [dict(id=1, name='car'), dict(id=3, name='person')]
    for split, images, boxes in (
        (
            'train',
            [9, 4, 5, 6],
            [
                box(70, 9),
                box(20, 4),
                box(21, 4),
                box(22, 4, category=1),
                box(23, 5, crowd=1),
            ],
        ),
        ('val', [8], [box(400, 8)]),
    ):
        content = dict(
            images=[scene(i) for i in images],
            annotations=boxes,
            categories=categories,
        )
        path = tmp_path / f'annotations/instances_{split}2017.json'
        path.write_text(json.dumps(content))
    return tmp_path


def test_persons_who_are_no_crowd(small):
    counts = convert_coco_persons(small)
    assert counts['train'] == (2, 3, 3)
    train, val = load(small, 'train'), load(small, 'val')
    assert [i['file_name'] for i in train['images']] == [
        'train2017/4.jpg',
        'train2017/9.jpg',
    ]
    assert [i['id'] for i in train['images'] + val['images']] == [0, 1, 2]
    boxes = train['annotations'] + val['annotations']
    assert [b['id'] for b in boxes] == [0, 1, 2, 3]
    assert [b['image_id'] for b in boxes] == [0, 0, 1, 2]
    assert [b['person_id'] for b in boxes] == [20, 21, 70, 400]
    assert {b['iou_thresh'] for b in boxes} == {0.5}
    assert all(b['is_known'] for b in boxes)
    # only one scene has two persons
    assert counts['p100'] == (1, 2, 2)


def test_samples_are_nested(toy_coco):
    samples = {p: load(toy_coco, f'p{p}') for p in SAMPLE_PERCENTS}
    whole = len(samples[100]['annotations'])
    smaller: set = set()
    for percent, content in samples.items():
        boxes = content['annotations']
        numbers = {b['id'] for b in boxes}
        assert smaller < numbers
        smaller = numbers
        assert len({b['person_id'] for b in boxes}) == len(boxes)
        assert content['images'] == samples[100]['images']
        assert {b['image_id'] for b in boxes} == {
            i['id'] for i in content['images']
        }
        least = len(content['images'])
        expected = max(round(whole * percent / 100), least)
        assert abs(len(boxes) - expected) <= 1
    # those that were made up are nobody else, in any split
    real = {
        b['person_id']
        for split in ('train', 'val')
        for b in load(toy_coco, split)['annotations']
    }
    made_up = samples[180]['annotations']
    made_up = {b['person_id'] for b in made_up if b['id'] not in {
        b['id'] for b in samples[100]['annotations']
    }}  # fmt: skip
    assert not made_up & real


def test_made_up_boxes_keep_their_place_in_the_scene(small):
    path = small / 'annotations/instances_train2017.json'
    content = json.loads(path.read_text())
    content['images'] = [
        dict(scene(4), width=200),
        dict(scene(9), height=100),
    ]
    content['annotations'] = [box(1, 4), box(2, 4), box(3, 9), box(4, 9)]
    path.write_text(json.dumps(content))
    convert_coco_persons(small)
    sizes = {
        i['id']: (i['width'], i['height'])
        for i in load(small, 'p180')['images']
    }
    places = {
        (round(x / w, 4), round(y / h, 4), round(bw / w, 4), round(bh / h, 4))
        for b in load(small, 'p180')['annotations']
        for (w, h), (x, y, bw, bh) in [(sizes[b['image_id']], b['bbox'])]
    }
    wide, tall = (0.0075, 0.04, 0.05, 0.4), (0.015, 0.02, 0.1, 0.2)
    assert places == {wide, tall}


@pytest.mark.parametrize(
    'content',
    ['{', '[]', '{"images": []}', '{"images": [], "categories": []}'],
)
def test_wrong_json(small, content):
    path = small / 'annotations/instances_train2017.json'
    path.write_text(content)
    with pytest.raises(ValueError, match="must be COCO's json"):
        convert_coco_persons(small)


def test_missing_json(small):
    (small / 'annotations/instances_val2017.json').unlink()
    with pytest.raises(FileNotFoundError, match='instances_val2017'):
        convert_coco_persons(small)
