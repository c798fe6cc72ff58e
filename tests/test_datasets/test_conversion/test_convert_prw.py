import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmvireid.datasets.conversion import convert_prw
from mmvireid.datasets.toy.matlab import cells, write_matrices

ROWS = {
    'c1s1_000001': [(1, -3.5, 2, 10, 20), (-2, 30, 4, 12, 30)],
    'c2s1_000002': [(1, 5, 2, 11, 20)],
    'c5s2_042630': [(7, 4, 1, 59, 50), (1, 70, 1, 9, 30)],
    'c1s1_000003': [(7, 4, 1, 40, 50)],
    'c2s1_000004': [],
}


def load(root: Path, name: str) -> dict:
    return json.loads((root / f'annotations/{name}.json').read_text())


@pytest.fixture
def small(tmp_path) -> Path:
    """Two training and three test scenes, written by hand."""
    for folder in ('frames', 'annotations'):
        (tmp_path / folder).mkdir()
    keys = ('box_new', 'anno_file', 'anno_previous')
    for i, (name, rows) in enumerate(ROWS.items()):
        image = np.zeros((60, 80, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f'frames/{name}.jpg'), image)
        write_matrices(
            tmp_path / f'annotations/{name}.jpg.mat',
            **{keys[i % 3]: np.array(rows, dtype=float)},
        )
    names = [np.array([n]) for n in ROWS]
    # not in their order
    write_matrices(
        tmp_path / 'frame_train.mat', img_index_train=cells(names[1::-1])
    )
    write_matrices(
        tmp_path / 'frame_test.mat', img_index_test=cells(names[2:])
    )
    (tmp_path / 'query_info.txt').write_bytes(
        b'7 4.0 1.0 60.0 50.0 c5s2_042630\r\n'
        b'7 4.0 1.0 40.0 50.0 c1s1_000003\r\n'
    )
    return tmp_path


def test_numbers_persons_boxes_and_cameras(small):
    counts = convert_prw(small)
    assert counts['trainval'] == (2, 3, 1)
    train, test = load(small, 'trainval'), load(small, 'test')
    images = train['images'] + test['images']
    assert [Path(i['file_name']).stem for i in images] == [
        'c1s1_000001',
        'c2s1_000002',
        'c1s1_000003',
        'c2s1_000004',
        'c5s2_042630',
    ]
    assert [i['cam_id'] for i in images] == [1, 2, 1, 2, 5]
    assert {i['modality'] for i in images} == {0}
    boxes = train['annotations'] + test['annotations']
    assert [b['person_id'] for b in boxes] == [1, 5555, 1, 7, 7, 1]
    assert boxes[0]['bbox'] == [0, 2, 10, 20]  # clipped at zero


def test_galleries_and_the_query_that_is_a_pixel_too_wide(small):
    convert_prw(small)
    queries = load(small, 'test_all')['queries']
    assert queries == [
        dict(ann_id=4, gallery=None),
        dict(ann_id=3, gallery=None),
    ]


def test_infrared_cameras(small):
    convert_prw(small, infrared_cameras=[5])
    modality = [i['modality'] for i in load(small, 'test')['images']]
    assert modality == [0, 0, 1]
    with pytest.raises(ValueError, match=r'\[9\] are not among'):
        convert_prw(small, infrared_cameras=[9])


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('7 4 1 sixty 50 c1s1_000003', "Line 1 of .* must be 'person left"),
        ('7 4 1 40', "Line 1 of .* must be 'person left"),
        ('7 14 1 40 50 c1s1_000003', 'asks for person 7'),
        ('8 4 1 40 50 c1s1_000003', 'asks for person 8'),
        ('1 5 2 11 20 c2s1_000002', 'the test split has'),
    ],
)
def test_bad_queries(small, line, message):
    (small / 'query_info.txt').write_text(line)
    with pytest.raises(ValueError, match=message):
        convert_prw(small)


def test_bad_boxes_and_names(small):
    path = small / 'annotations/c1s1_000001.jpg.mat'
    write_matrices(path, box_new=np.ones((2, 4)))
    with pytest.raises(ValueError, match='5 numbers'):
        convert_prw(small)
    write_matrices(
        small / 'frame_train.mat',
        img_index_train=cells([np.array(['frame12'])]),
    )
    with pytest.raises(ValueError, match='number of its camera first'):
        convert_prw(small)


def test_toy_scenes_through_the_real_converter(toy_prw):
    test = load(toy_prw, 'test')
    for image in test['images']:
        assert image['modality'] == int(image['cam_id'] in (2, 5))
    images = {i['id']: i for i in test['images']}
    boxes = {b['id']: b for b in test['annotations']}
    queries = load(toy_prw, 'test_all')['queries']
    assert len(queries) >= 16
    spectra = {
        images[boxes[q['ann_id']]['image_id']]['modality'] for q in queries
    }
    assert spectra == {0, 1}
