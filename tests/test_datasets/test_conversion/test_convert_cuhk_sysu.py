import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import loadmat, savemat

from mmvireid.datasets.conversion import convert_cuhk_sysu
from mmvireid.datasets.toy.matlab import cells, structures, write_matrices


def load(root: Path, name: str) -> dict:
    return json.loads((root / f'annotations/{name}.json').read_text())


def located(name: str, box) -> dict:
    return dict(
        imname=np.array([name]),
        idlocate=np.array([box] if box else (), dtype=np.int32),
        ishard=np.uint8([[0]]),
    )


SCENE = ('imname', 'idlocate', 'ishard')


@pytest.fixture
def small(tmp_path) -> Path:
    """Three training and three test scenes, written by hand."""
    boxes = {
        # one without extent, one outside of the image, two equal ones
        'b.jpg': [(1, 2, 10, 30), (5, 5, 0, 9), (90, 1, 5, 5), (1, 2, 10, 30)],
        'a.jpg': [(3, 4, 12, 25)],
        'c.jpg': [],
        't1.jpg': [(1, 1, 10, 20), (20, 1, 30, 50)],
        't2.jpg': [(2, 2, 20, 40)],
        't3.jpg': [(9, 2, 20, 40)],
    }
    images = tmp_path / 'Image/SSM'
    images.mkdir(parents=True)
    rows = []
    for name, found in boxes.items():
        cv2.imwrite(str(images / name), np.zeros((60, 80, 3), np.uint8))
        cell = structures(
            [dict(idlocate=np.array([b]), ishard=0) for b in found],
            ('idlocate', 'ishard'),
        )
        if not found:
            cell = np.zeros((0, 0))  # as Matlab may write it
        rows.append(dict(imname=np.array([name]), nAppear=0, box=cell))
    folder = tmp_path / 'annotation'
    lists = folder / 'test/train_test'
    lists.mkdir(parents=True)
    write_matrices(
        folder / 'Images.mat',
        Img=structures(rows, ('imname', 'nAppear', 'box')),
    )
    pool = cells([np.array([n]) for n in ('t2.jpg', 't1.jpg', 't3.jpg')])
    write_matrices(folder / 'pool.mat', pool=pool)
    people = []
    for scenes in (
        [('b.jpg', (1, 2, 10, 30)), ('a.jpg', (3, 4, 12, 25))],
        [('b.jpg', (7, 7, 7, 7)), ('nowhere.jpg', (1, 1, 2, 2))],
    ):
        scene = structures([located(*s) for s in scenes], SCENE)
        row = dict(idname=np.array(['p']), nAppear=2, scene=scene)
        people.append(structures([row], ('idname', 'nAppear', 'scene')))
    write_matrices(lists / 'Train.mat', Train=cells(people))
    query = structures([located('t1.jpg', (20, 1, 30, 50))], SCENE)
    gallery = structures(
        [
            located('t2.jpg', (2, 2, 20, 40)),
            located('t3.jpg', ()),
            # what follows the first empty box is nobody
            located('t3.jpg', (9, 2, 20, 40)),
        ],
        SCENE,
    )
    write_matrices(
        lists / 'TestG50.mat',
        TestG50=structures(
            [dict(Query=query, Gallery=gallery)], ('Query', 'Gallery')
        ),
    )
    return tmp_path


def test_numbers_persons_and_boxes(small):
    counts = convert_cuhk_sysu(small)
    assert counts['trainval'] == (3, 3, 1)
    assert counts['test'] == (3, 4, 1)
    train, test = load(small, 'trainval'), load(small, 'test')
    names = [i['file_name'] for i in train['images'] + test['images']]
    assert names == [
        f'Image/SSM/{n}.jpg' for n in ('a', 'b', 'c', 't1', 't2', 't3')
    ]
    assert [i['id'] for i in train['images'] + test['images']] == [*range(6)]
    assert train['images'][0]['width'] == 80
    assert train['images'][0]['cam_id'] == -1
    boxes = train['annotations'] + test['annotations']
    assert [b['id'] for b in boxes] == [*range(7)]
    assert [b['bbox'] for b in boxes] == [
        [3, 4, 12, 25],
        [1, 2, 10, 30],
        [1, 2, 10, 30],  # equal to the one before, which is the person's
        [1, 1, 10, 20],
        [20, 1, 30, 50],
        [2, 2, 20, 40],
        [9, 2, 20, 40],
    ]
    # two persons in the training list, so the first query's is the third
    assert [b['person_id'] for b in boxes] == [
        1, 1, 5555, 5556, 3, 3, 5557,
    ]  # fmt: skip
    assert [b['is_known'] for b in boxes] == [
        b['person_id'] < 5555 for b in boxes
    ]
    assert boxes[0]['iou_thresh'] == pytest.approx(12 * 25 / (22 * 35))
    assert boxes[4]['iou_thresh'] == 0.5


def test_protocols(small):
    convert_cuhk_sysu(small)
    assert load(small, 'test_G50') == dict(
        protocol='G50', queries=[dict(ann_id=4, gallery=[4, 5, 5])]
    )
    assert load(small, 'test_all')['queries'] == [dict(ann_id=4, gallery=None)]
    assert not (small / 'annotations/test_G100.json').exists()


def test_what_does_not_fit_together_is_reported(small, monkeypatch):
    lines = []
    monkeypatch.setattr(
        'mmvireid.datasets.conversion.cuhk_sysu.print_log',
        lambda message, **kwargs: lines.append(message),
    )
    convert_cuhk_sysu(small)
    assert any('1 scenes that Images.mat does not' in s for s in lines)
    assert any('1 boxes that Images.mat does not' in s for s in lines)
    assert any('no protocols G100, G500' in s for s in lines)


@pytest.mark.parametrize(
    ('spoil', 'error', 'message'),
    [
        (lambda r: (r / 'annotation/pool.mat').unlink(), OSError, 'pool.mat'),
        (lambda r: (r / 'Image/SSM/a.jpg').unlink(), OSError, 'a.jpg'),
        (
            lambda r: (r / 'Image/SSM/a.jpg').write_bytes(b'x'),
            OSError,
            'cannot be read',
        ),
        (
            lambda r: (r / 'annotation/Images.mat').write_bytes(b'x' * 200),
            ValueError,
            'cannot be read as a Matlab file',
        ),
        (
            lambda r: savemat(r / 'annotation/pool.mat', dict(other=1)),
            ValueError,
            'must hold the variable pool, but holds other',
        ),
        (
            lambda r: write_matrices(
                r / 'annotation/pool.mat',
                pool=cells([np.array(['t9.jpg'])]),
            ),
            ValueError,
            'pool.mat names 1 scenes',
        ),
        (
            lambda r: write_matrices(
                r / 'annotation/pool.mat',
                pool=cells([np.array(['t1.jpg'])]),
            ),
            ValueError,
            'not in pool.mat',
        ),
        (
            lambda r: write_matrices(
                r / 'annotation/pool.mat',
                pool=cells([np.array(['t2.jpg'])]),
            ),
            ValueError,
            'which is not in the test split',
        ),
    ],
)
def test_bad_files(small, spoil, error, message):
    spoil(small)
    with pytest.raises(error, match=message):
        convert_cuhk_sysu(small)


def test_wrong_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match='looked for Image/SSM'):
        convert_cuhk_sysu(tmp_path)


def test_toy_scenes_through_the_real_converter(toy_cuhk_sysu):
    trainval, test = (load(toy_cuhk_sysu, s) for s in ('trainval', 'test'))
    assert len(trainval['images']) == 54
    assert len(test['images']) == 12
    for content in (trainval, test):
        seen = Counter(
            b['person_id'] for b in content['annotations'] if b['is_known']
        )
        assert min(seen.values()) >= 2
        unknown = [
            b['person_id'] for b in content['annotations'] if not b['is_known']
        ]
        assert unknown
        assert len(set(unknown)) == len(unknown)
    boxes = {b['id']: b for b in test['annotations']}
    everyone = {i['id'] for i in test['images']}
    for name in ('G50', 'occlusion', 'resolution'):
        queries = load(toy_cuhk_sysu, f'test_{name}')['queries']
        assert len(queries) == (8 if name == 'G50' else 1)
        for query in queries:
            box = boxes[query['ann_id']]
            assert set(query['gallery']) == everyone - {box['image_id']}
    files = sorted((toy_cuhk_sysu / 'annotation').rglob('*.mat'))
    assert loadmat(files[0])['Img'].shape == (1, 66)


def test_converting_again_gives_the_same_bytes(toy_cuhk_sysu, tmp_path):
    def digest():
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (root / 'annotations').iterdir()
        }

    root = Path(shutil.copytree(toy_cuhk_sysu, tmp_path / 'again'))
    before = digest()
    shutil.rmtree(root / 'annotations')
    convert_cuhk_sysu(root)
    assert digest() == before
