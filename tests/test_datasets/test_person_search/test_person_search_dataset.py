import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmvireid.datasets.person_search import (
    CUHKSYSU,
    PRW,
    COCOPersons,
    ConcatPersonSearch,
)
from mmvireid.registry import DATASETS

PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='PackPersonSearchInputs'),
]


def records(dataset) -> list[dict]:
    return [dataset.get_data_info(i) for i in range(len(dataset))]


def boxes(dataset) -> list[dict]:
    return [b for info in records(dataset) for b in info['instances']]


def edit(root: Path, name: str, change) -> None:
    path = root / f'annotations/{name}.json'
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


@pytest.fixture
def cuhk_copy(toy_cuhk_sysu, tmp_path) -> Path:
    return Path(shutil.copytree(toy_cuhk_sysu, tmp_path / 'cuhk'))


def test_training_labels_are_contiguous(toy_cuhk_sysu):
    dataset = CUHKSYSU(toy_cuhk_sysu, 'train')
    assert not dataset.test_mode
    content = json.loads(
        (toy_cuhk_sysu / 'annotations/train.json').read_text()
    )
    known = {b['person_id'] for b in content['annotations'] if b['is_known']}
    meta = dataset.metainfo
    assert meta['dataset_type'] == 'CUHKSYSU'
    assert meta['split'] == 'train'
    assert meta['classes'] == ('person',)
    assert meta['num_known_persons'] == len(known)
    assert meta['identities'] == [str(p) for p in sorted(known)]
    labels = dict(enumerate(sorted(known)))
    originals = {b['id']: b for b in content['annotations']}
    unknown = []
    for box in boxes(dataset):
        original = originals[box['ann_id']]
        assert box['is_known'] == original['is_known']
        if box['is_known']:
            assert labels[box['person_id']] == original['person_id']
        else:
            unknown.append(box['person_id'])
    assert sorted(unknown) == [*range(len(known), len(known) + len(unknown))]


def test_test_records_are_those_of_the_file(toy_prw):
    dataset = PRW(toy_prw, 'test')
    assert dataset.test_mode
    content = json.loads((toy_prw / 'annotations/test.json').read_text())
    found = records(dataset)
    assert [r['img_id'] for r in found] == [i['id'] for i in content['images']]
    for record, image in zip(found, content['images'], strict=True):
        assert record['img_path'] == str(toy_prw / image['file_name'])
        assert (record['height'], record['width']) == (96, 128)
        assert record['cam_id'] == image['cam_id']
        assert record['modality'] == int(image['cam_id'] in (2, 5))
    originals = {b['id']: b for b in content['annotations']}
    for box in boxes(dataset):
        original = originals.pop(box['ann_id'])
        x, y, width, height = original['bbox']
        assert box['bbox'] == [x, y, x + width, y + height]
        assert box['person_id'] == original['person_id']
        assert box['iou_thresh'] == original['iou_thresh']
        assert box['bbox_label'] == box['ignore_flag'] == 0
    assert not originals


def test_splits_have_the_right_scenes(toy_cuhk_sysu):
    parts = {
        s: {r['img_id'] for r in records(CUHKSYSU(toy_cuhk_sysu, s))}
        for s in CUHKSYSU.SPLITS
    }
    assert parts['train'] | parts['val'] == parts['trainval']
    assert not parts['train'] & parts['val']
    assert parts['minitrain'] <= parts['train']
    assert parts['minival'] <= parts['val']
    assert not parts['test'] & parts['trainval']
    train, val = (
        set(CUHKSYSU(toy_cuhk_sysu, s).metainfo['identities'])
        for s in ('train', 'val')
    )
    assert val
    assert not train & val


def test_persons_on_both_sides_of_prw_are_not_named(toy_prw):
    path = toy_prw / 'annotations/val.json'
    shared = json.loads(path.read_text())['info']['shared_persons']
    assert len(shared) == 10
    named = {
        split: set(PRW(toy_prw, split).metainfo['identities'])
        for split in ('trainval', 'train', 'val')
    }
    assert named['trainval'] >= {str(person) for person in shared}
    assert named['val']
    assert not named['train'] & named['val']


def test_every_box_of_coco_persons_is_somebody(toy_coco):
    dataset = COCOPersons(toy_coco, 'p100')
    ids = [b['person_id'] for b in boxes(dataset)]
    assert sorted(ids) == [*range(len(ids))]
    assert dataset.metainfo['num_known_persons'] == len(ids)
    assert dataset.metainfo['identities'] == []


def test_registry_finds_the_data_sets(toy_prw):
    config = dict(type='PRW', data_root=str(toy_prw), split='test')
    dataset = DATASETS.build(dict(config, pipeline=PIPELINE))
    sample = dataset[0]['data_samples']
    assert sample.cam_id in range(1, 7)
    assert sample.modality == int(sample.cam_id in (2, 5))
    assert len(sample.gt_instances) == len(records(dataset)[0]['instances'])
    pickle.dumps(dataset)


def test_parts_of_a_data_set(toy_prw):
    dataset = PRW(toy_prw, 'test')
    part = dataset.get_subset([3, 1])
    assert [r['img_id'] for r in records(part)] == [
        dataset.get_data_info(i)['img_id'] for i in (3, 1)
    ]
    assert len(part.corrupt_flags) == 2
    dataset.get_subset_(5)
    assert len(dataset) == len(dataset.corrupt_flags) == 5


def test_scene_without_boxes(cuhk_copy):
    def clear(content):
        first = content['images'][0]['id']
        content['annotations'] = [
            b for b in content['annotations'] if b['image_id'] != first
        ]

    edit(cuhk_copy, 'trainval', clear)
    dataset = CUHKSYSU(cuhk_copy, 'trainval', pipeline=PIPELINE)
    found = dataset[0]['data_samples'].gt_instances
    assert found.bboxes.shape == (0, 4)
    assert found.person_ids.shape == found.is_known.shape == (0,)


def test_one_person_twice_in_a_scene(cuhk_copy):
    def repeat(content):
        known = [b for b in content['annotations'] if b['is_known']]
        content['annotations'].append(dict(known[0], id=99999))

    edit(cuhk_copy, 'trainval', repeat)
    dataset = CUHKSYSU(cuhk_copy, 'trainval', pipeline=PIPELINE)
    twice = [b for b in boxes(dataset) if b['ann_id'] == 99999]
    ids = [b['person_id'] for b in records(dataset)[0]['instances']]
    assert ids.count(twice[0]['person_id']) == 2


def first_box(content, **change):
    content['annotations'][0].update(change)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda c: c.pop('images'), 'it has no list of images'),
        (
            lambda c: c['annotations'][0].pop('person_id'),
            'one of its annotations has no person_id',
        ),
        (
            lambda c: c['images'][0].pop('cam_id'),
            'one of its images has no cam_id',
        ),
        (lambda c: first_box(c, image_id=-7), 'in image -7, which it does'),
        (lambda c: first_box(c, bbox=[0, 0, 0, 5]), 'shows nothing of'),
        (lambda c: first_box(c, bbox=[128, 0, 5, 5]), 'shows nothing of'),
        (lambda c: first_box(c, bbox=[-9, 0, 9, 5]), 'shows nothing of'),
        (
            lambda c: first_box(c, bbox=[0, 0, float('nan'), 5]),
            'shows nothing of',
        ),
        (lambda c: c.update(images=[], annotations=[]), 'lists no scene'),
    ],
)
def test_wrong_files(cuhk_copy, change, message):
    edit(cuhk_copy, 'trainval', change)
    with pytest.raises(ValueError, match=message):
        CUHKSYSU(cuhk_copy, 'trainval')


def test_no_json(cuhk_copy):
    path = cuhk_copy / 'annotations/trainval.json'
    path.write_text('{"images": [')
    with pytest.raises(ValueError, match=r'no json .*cuhk_sysu\.py'):
        CUHKSYSU(cuhk_copy, 'trainval')
    path.unlink()
    message = r'python tools/dataset_converters/cuhk_sysu\.py .*cuhk"'
    with pytest.raises(FileNotFoundError, match=message):
        CUHKSYSU(cuhk_copy, 'trainval')


def test_unknown_split(toy_coco):
    with pytest.raises(ValueError, match="'test' was asked for"):
        COCOPersons(toy_coco, 'test')


def test_unreadable_scenes(cuhk_copy):
    for split in ('trainval', 'test'):
        dataset = CUHKSYSU(cuhk_copy, split)
        Path(dataset.get_data_info(1)['img_path']).write_bytes(b'broken')
    np.random.seed(0)  # noqa: NPY002
    train = CUHKSYSU(cuhk_copy, 'trainval', pipeline=PIPELINE)
    assert train[1]['data_samples'].img_id != 1
    assert train.corrupt_count == 1
    test = CUHKSYSU(cuhk_copy, 'test', pipeline=PIPELINE)
    with pytest.raises(OSError, match='Cannot test on the image'):
        test[1]
    for path in (cuhk_copy / 'Image/SSM').iterdir():
        path.write_bytes(b'broken')
    small = CUHKSYSU(cuhk_copy, 'trainval', pipeline=PIPELINE, indices=2)
    with pytest.raises(OSError, match='None of the 2 scenes'):
        small[0]


def test_two_training_sets_at_once(toy_cuhk_sysu, toy_prw):
    single = [
        CUHKSYSU(toy_cuhk_sysu, 'trainval'),
        PRW(toy_prw, 'trainval'),
    ]
    known = [d.metainfo['num_known_persons'] for d in single]
    configs = [
        dict(type=type(d).__name__, data_root=d.data_root, split=d.split)
        for d in single
    ]
    both = ConcatPersonSearch(
        [dict(config, pipeline=PIPELINE) for config in configs]
    )
    assert len(both) == len(single[0]) + len(single[1])
    meta = both.metainfo
    assert meta['num_known_persons'] == sum(known)
    assert meta['dataset_name'] == 'cuhk_sysu+prw'
    infos = records(both)
    assert len({r['img_id'] for r in infos}) == len(both)
    assert len({b['ann_id'] for b in boxes(both)}) == len(boxes(both))
    ids = [{}, {}]
    for position, (dataset, before) in enumerate(
        zip(single, (0, known[0]), strict=True)
    ):
        part = (
            infos[: len(single[0])]
            if not position
            else infos[len(single[0]) :]
        )
        for new, old in zip(part, records(dataset), strict=True):
            for a, b in zip(new['instances'], old['instances'], strict=True):
                assert a['is_known'] == b['is_known']
                if b['is_known']:
                    assert a['person_id'] == b['person_id'] + before
                else:
                    assert a['person_id'] >= sum(known)
                ids[position][a['person_id']] = True
    assert not set(ids[0]) & set(ids[1])
    assert len(both.corrupt_flags) == len(both)
    sample = both[len(both) - 1]['data_samples']
    assert sample.img_id == infos[-1]['img_id']


def test_test_sets_are_not_joined(toy_prw):
    with pytest.raises(ValueError, match="split 'test' of PRW is for testing"):
        ConcatPersonSearch([PRW(toy_prw, 'test')])


@pytest.mark.parametrize(
    ('part', 'change', 'message'),
    [
        ('annotations', dict(person_id=None), 'has None for its person_id'),
        ('annotations', dict(bbox=None), 'has None for its bbox'),
        ('annotations', dict(bbox=['1', 2, 3, 4]), 'shows nothing of'),
        ('images', dict(id=[1]), r'has \[1\] for its id'),
        ('images', dict(file_name=None), 'has None for its file_name'),
        ('images', dict(modality='ir'), "has 'ir' for its modality"),
        ('images', dict(modality=2), 'neither 0 nor 1'),
        ('images', 3, 'one of its images is no object: 3'),
        ('images', 'twice', '1 of its images have the id of another'),
    ],
)
def test_records_that_are_wrong(cuhk_copy, part, change, message):
    def spoil(content):
        rows = content[part]
        if isinstance(change, dict):
            rows[0].update(change)
        else:
            rows.append(rows[0] if change == 'twice' else change)

    edit(cuhk_copy, 'train', spoil)
    with pytest.raises(ValueError, match=f'annotations/train.*{message}'):
        CUHKSYSU(cuhk_copy, 'train')


def test_another_data_set_is_refused(toy_prw):
    with pytest.raises(ValueError, match='converted from prw.*as cuhk_sysu'):
        CUHKSYSU(toy_prw, 'test')
