import shutil
from pathlib import Path

import numpy as np
import pytest

from mmvireid.datasets import SYSUMM01


def ids_of(root: Path, name: str) -> set:
    text = (root / f'exp/{name}_id.txt').read_text()
    return {int(word) for word in text.split(',')}


def test_splits_follow_their_files(toy_sysu):
    names = {
        'train': ['train'],
        'val': ['val'],
        'trainval': ['train', 'val'],
        'test': ['test'],
    }
    for split, files in names.items():
        dataset = SYSUMM01(toy_sysu, split=split)
        expected = set().union(*(ids_of(toy_sysu, f) for f in files))
        assert set(dataset.pids.tolist()) == expected
        assert dataset.metainfo['num_identities'] == len(expected)
        assert dataset.test_mode == (split in ('val', 'test'))


def test_records_match_the_tree(toy_sysu):
    dataset = SYSUMM01(toy_sysu, split='test')
    wanted = ids_of(toy_sysu, 'test')
    files = {
        str(path)
        for path in toy_sysu.glob('cam*/*/*')
        if int(path.parent.name) in wanted
    }
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    assert {info['img_path'] for info in infos} == files
    for info in infos:
        path = Path(info['img_path'])
        assert info['pid'] == int(path.parent.name)
        assert info['cam_id'] == int(path.parent.parent.name[3:])
        assert info['modality'] == int(info['cam_id'] in (3, 6))


def test_order_and_labels(toy_sysu):
    dataset = SYSUMM01(toy_sysu, split='trainval')
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    keys = [
        (i['modality'], i['pid'], i['cam_id'], i['img_path']) for i in infos
    ]
    assert keys == sorted(keys)
    pids = np.unique(dataset.pids)
    assert np.array_equal(pids[dataset.labels], dataset.pids)
    assert dataset.metainfo['identities'] == [f'{p:04d}' for p in pids]


def test_metainfo_is_plain_and_hash_shared(sysu_copy):
    train = SYSUMM01(sysu_copy, split='trainval').metainfo
    test = SYSUMM01(sysu_copy, split='test').metainfo
    assert train['dataset_name'] == 'sysu_mm01'
    assert (train['split'], train['trial']) == ('trainval', None)
    assert train['split_hash'] == test['split_hash']
    assert len(train['split_hash']) == 64
    allowed = (str, int, list, type(None))
    assert all(isinstance(value, allowed) for value in train.values())
    file = sysu_copy / 'exp/test_id.txt'
    file.write_text(file.read_text().rpartition(',')[0])
    changed = SYSUMM01(sysu_copy, split='test').metainfo
    assert changed['split_hash'] != test['split_hash']


def test_any_extension_and_missing_person_folder(sysu_copy):
    before = len(SYSUMM01(sysu_copy))
    image = next(iter(sorted(sysu_copy.glob('cam1/*/0001.jpg'))))
    image.rename(image.with_suffix('.PNG'))
    (image.parent / 'Thumbs.db').write_text('not an image')
    assert len(SYSUMM01(sysu_copy)) == before
    folder = sysu_copy / f'cam2/{image.parent.name}'
    lost = len(list(folder.iterdir()))
    shutil.rmtree(folder)
    assert len(SYSUMM01(sysu_copy)) == before - lost


def test_wrong_root_says_what_is_there(tmp_path):
    (tmp_path / 'cat_pictures').mkdir()
    with pytest.raises(FileNotFoundError, match='holds: cat_pictures'):
        SYSUMM01(tmp_path)
    with pytest.raises(FileNotFoundError, match='does not exist'):
        SYSUMM01(tmp_path / 'nothing' / 'here')


def test_missing_and_malformed_split_file(sysu_copy):
    file = sysu_copy / 'exp/val_id.txt'
    file.write_text('1, two, 3')
    with pytest.raises(ValueError, match='numbers separated by commas'):
        SYSUMM01(sysu_copy)
    file.unlink()
    with pytest.raises(FileNotFoundError, match='val_id.txt'):
        SYSUMM01(sysu_copy)


def test_unknown_id_in_split_file(sysu_copy):
    file = sysu_copy / 'exp/train_id.txt'
    file.write_text(file.read_text().strip() + ',533')
    with pytest.raises(ValueError, match=r'no image in any camera: 0533'):
        SYSUMM01(sysu_copy)


def test_empty_and_missing_camera(sysu_copy):
    for person in (sysu_copy / 'cam5').iterdir():
        for image in person.iterdir():
            image.unlink()
    with pytest.raises(ValueError, match='cam5.* holds no image'):
        SYSUMM01(sysu_copy)
    shutil.rmtree(sysu_copy / 'cam5')
    with pytest.raises(FileNotFoundError, match='no such camera'):
        SYSUMM01(sysu_copy)
    dataset = SYSUMM01(sysu_copy, cameras=(1, 2, 3, 4, 6))
    assert set(dataset.cam_ids.tolist()) == {1, 2, 3, 4, 6}


def test_arguments_out_of_range(toy_sysu):
    with pytest.raises(ValueError, match=r'cameras 1 to 6, but \[7\]'):
        SYSUMM01(toy_sysu, cameras=(1, 3, 7))
    with pytest.raises(ValueError, match='both modalities'):
        SYSUMM01(toy_sysu, cameras=(3, 6))
    assert len(SYSUMM01(toy_sysu, cameras=(3, 6), split='test'))
    with pytest.raises(ValueError, match="splits .* but 'training'"):
        SYSUMM01(toy_sysu, split='training')
