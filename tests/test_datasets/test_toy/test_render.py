import hashlib
import runpy
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import loadmat

from mmvireid.datasets.toy import (
    render_llcm,
    render_regdb,
    render_sysu,
    render_toy_dataset,
)

SMALL = dict(
    train_ids=3, val_ids=1, test_ids=2, images_per_camera=2, size=(32, 16)
)
TOOL = (
    Path(__file__).parents[3]
    / 'tools'
    / 'dataset_converters'
    / 'render_toy_vireid.py'
)


def digest(root):
    return {
        str(path.relative_to(root)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(root.rglob('*'))
        if path.is_file()
    }


def read_ids(path):
    lines = path.read_text().splitlines()
    assert len(lines) == 1
    return [int(word) for word in lines[0].split(',')]


def test_same_seed_same_bytes_whatever_the_workers(tmp_path):
    render_sysu(tmp_path / 'a', **SMALL)
    time.sleep(1.1)  # some formats keep the second of writing
    render_sysu(tmp_path / 'b', workers=2, **SMALL)
    render_sysu(tmp_path / 'c', seed=1, **SMALL)
    assert digest(tmp_path / 'a') == digest(tmp_path / 'b')
    assert digest(tmp_path / 'a') != digest(tmp_path / 'c')


def test_sysu_layout(tmp_path):
    render_sysu(tmp_path, **SMALL)
    train, val, test = (
        read_ids(tmp_path / 'exp' / f'{name}_id.txt')
        for name in ('train', 'val', 'test')
    )
    assert (len(train), len(val), len(test)) == (3, 1, 2)
    assert sorted(train + val + test) == [1, 2, 3, 4, 5, 6]
    for cam in range(1, 7):
        for pid in range(1, 7):
            folder = tmp_path / f'cam{cam}' / f'{pid:04d}'
            names = sorted(path.name for path in folder.iterdir())
            assert names == ['0001.jpg', '0002.jpg']
            image = cv2.imread(str(folder / '0001.jpg'))
            assert image.shape == (32, 16, 3)
            spread = np.ptp(image.astype(int), axis=2)
            assert (spread.max() <= 2) == (cam in (3, 6))


def test_sysu_permutations_read_as_the_official_ones(tmp_path):
    render_sysu(tmp_path, **SMALL)
    mat = loadmat(tmp_path / 'exp' / 'rand_perm_cam.mat')['rand_perm_cam']
    assert mat.shape == (6, 1)
    for cam in range(1, 7):
        people = mat[cam - 1][0].squeeze()
        for pid in range(1, 7):
            trials = people[pid - 1]
            assert trials.shape == (10, 2)
            assert (np.sort(trials, axis=1) == [1, 2]).all()


def test_regdb_layout(tmp_path):
    render_regdb(tmp_path, **SMALL)
    for folder, gray in (('Visible', False), ('Thermal', True)):
        files = sorted((tmp_path / folder).rglob('*.bmp'))
        assert len(files) == 6 * 2
        image = cv2.imread(str(files[0]))
        assert (image == image[..., :1]).all() == gray
    halves = set()
    for trial in range(1, 11):
        found = {}
        for split, people in (('train', 4), ('test', 2)):
            for name in ('visible', 'thermal'):
                path = tmp_path / 'idx' / f'{split}_{name}_{trial}.txt'
                lines = [x.split(' ') for x in path.read_text().splitlines()]
                assert all((tmp_path / file).is_file() for file, _ in lines)
                labels = sorted({int(label) for _, label in lines})
                assert labels == list(range(people))
                assert len(lines) == 2 * people
                found[split, name] = {
                    (file.split('/')[1], label) for file, label in lines
                }
        for split in ('train', 'test'):
            assert found[split, 'visible'] == found[split, 'thermal']
        train = {pid for pid, _ in found['train', 'visible']}
        test = {pid for pid, _ in found['test', 'visible']}
        assert not train & test
        halves.add(frozenset(test))
    assert len(halves) > 1


def test_llcm_layout(tmp_path):
    render_llcm(tmp_path, **SMALL)
    test = read_ids(tmp_path / 'idx' / 'test_id.txt')
    assert len(test) == 2
    for name in ('vis', 'nir'):
        lines = (tmp_path / 'idx' / f'train_{name}.txt').read_text()
        lines = [line.split(' ') for line in lines.splitlines()]
        assert len(lines) == 4 * 9 * 2
        assert {int(label) for _, label in lines} == set(range(4))
        for file, _ in lines:
            assert (tmp_path / file).is_file()
            assert file.startswith(f'{name}/')
            assert int(file.split('/')[1]) not in test
        for cam in range(1, 10):
            folder = tmp_path / f'test_{name}' / f'cam{cam}'
            people = sorted(int(path.name) for path in folder.iterdir())
            empty = name == 'nir' and cam == 3
            assert people == ([] if empty else test)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(layout='market'), 'layout must be one of'),
        (dict(train_ids=0), 'train_ids must be at least 1'),
        (dict(test_ids=-1), 'test_ids must be at least 1'),
        (dict(images_per_camera=0), 'images_per_camera must be'),
        (dict(size=(8, 8)), '16 to 512'),
        (dict(seed=-1), 'seed must be at least 0'),
        (dict(train_ids=20000), 'four digits'),
    ],
)
def test_bad_arguments_are_refused_before_writing(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        render_toy_dataset(tmp_path / 'x', **{**SMALL, **change})
    assert not (tmp_path / 'x').exists()


def test_a_folder_in_use_is_kept_unless_told_otherwise(tmp_path):
    kept = tmp_path / 'notes.txt'
    kept.write_text('mine')
    with pytest.raises(FileExistsError, match='not empty'):
        render_regdb(tmp_path, **SMALL)
    assert kept.read_text() == 'mine'
    render_regdb(tmp_path, overwrite=True, **SMALL)
    assert not kept.exists()
    with pytest.raises(FileExistsError, match='is a file'):
        render_regdb(next(tmp_path.rglob('*.bmp')), **SMALL)


def test_command_line(tmp_path, monkeypatch, capsys):
    options = '--layout regdb --train-ids 1 --val-ids 0 --test-ids 1'
    options += ' --images-per-camera 1 --size 32 16'
    command = [str(TOOL), str(tmp_path / 'out'), *options.split()]
    monkeypatch.setattr('sys.argv', command)
    runpy.run_path(str(TOOL), run_name='__main__')
    assert len(list((tmp_path / 'out').rglob('*.bmp'))) == 4
    assert 'wrote regdb layout' in capsys.readouterr().out
    with pytest.raises(SystemExit, match='error: .* is not empty'):
        runpy.run_path(str(TOOL), run_name='__main__')
