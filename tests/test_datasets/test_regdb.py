import shutil
from pathlib import Path

import numpy as np
import pytest

from mmvireid.datasets import RegDB


@pytest.mark.parametrize('trial', [1, 10])
def test_records_follow_the_index_files(toy_regdb, trial):
    for split in ('train', 'test'):
        dataset = RegDB(toy_regdb, split, trial=trial)
        for modality, name in enumerate(('visible', 'thermal')):
            file = toy_regdb / f'idx/{split}_{name}_{trial}.txt'
            lines = {
                (str(toy_regdb / path), int(label))
                for path, label in map(
                    str.split, file.read_text().splitlines()
                )
            }
            infos = [
                dataset.get_data_info(i)
                for i in np.flatnonzero(dataset.modalities == modality)
            ]
            assert {(i['img_path'], i['pid']) for i in infos} == lines
            assert {i['cam_id'] for i in infos} == {modality + 1}


def test_identities_are_folder_names_and_halves_disjoint(toy_regdb):
    train = RegDB(toy_regdb, 'train', trial=2)
    test = RegDB(toy_regdb, 'test', trial=2)
    assert train.metainfo['trial'] == 2
    assert train.metainfo['split_hash'] == test.metainfo['split_hash']
    other = RegDB(toy_regdb, 'train', trial=3)
    assert train.metainfo['split_hash'] != other.metainfo['split_hash']
    names = set(train.metainfo['identities'])
    assert names.isdisjoint(test.metainfo['identities'])
    for i in range(len(train)):
        info = train.get_data_info(i)
        name = train.metainfo['identities'][info['gt_label']]
        assert Path(info['img_path']).parent.name == name


def test_missing_trial_folder_and_layout(regdb_copy, toy_sysu):
    with pytest.raises(FileNotFoundError, match='train_visible_11.txt'):
        RegDB(regdb_copy, trial=11)
    with pytest.raises(ValueError, match='number of a trial'):
        RegDB(regdb_copy, trial=None)
    name = RegDB(regdb_copy).metainfo['identities'][0]
    shutil.rmtree(regdb_copy / f'Thermal/{name}')
    with pytest.raises(FileNotFoundError, match=f'Thermal/{name};'):
        RegDB(regdb_copy)
    with pytest.raises(FileNotFoundError, match='Visible, Thermal, idx'):
        RegDB(toy_sysu)


def test_malformed_index_line(regdb_copy):
    file = regdb_copy / 'idx/train_visible_1.txt'
    file.write_text('Visible/1/a.bmp 0\nVisible/1/b.bmp\n')
    with pytest.raises(ValueError, match='Line 2 of'):
        RegDB(regdb_copy)
