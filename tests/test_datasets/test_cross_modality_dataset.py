import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from mmvireid.datasets import SYSUMM01, RegDB, collate_views


def damage(path: str) -> None:
    Path(path).write_bytes(b'this is no image')


def paths_of(dataset) -> list:
    return [dataset.get_data_info(i)['img_path'] for i in range(len(dataset))]


def test_item_is_a_packed_sample(toy_sysu, pipeline):
    dataset = SYSUMM01(toy_sysu, pipeline=pipeline)
    item = dataset[3]
    assert item['inputs'].shape == (3, 48, 24)
    assert item['inputs'].dtype == torch.uint8
    sample, info = item['data_samples'], dataset.get_data_info(3)
    assert sample.gt_label.item() == info['gt_label']
    for key in ('sample_idx', 'img_path', 'pid', 'cam_id', 'modality'):
        assert sample.metainfo[key] == info[key]
    assert sample.ori_shape == (96, 48)
    assert sample.img_shape == (48, 24)


@pytest.mark.parametrize('kind', ['corrupt', 'missing', 'empty'])
def test_training_replaces_by_same_person_and_modality(
    sysu_copy, pipeline, kind
):
    dataset = SYSUMM01(sysu_copy, pipeline=pipeline)
    path = Path(dataset.get_data_info(5)['img_path'])
    if kind == 'missing':
        path.unlink()
    else:
        path.write_bytes(b'' if kind == 'empty' else b'no image')
    for _ in range(5):
        sample = dataset[5]['data_samples']
        assert sample.sample_idx != 5
        assert sample.pid == dataset.pids[5]
        assert sample.modality == dataset.modalities[5]
    assert dataset.corrupt_count == 1


@pytest.mark.parametrize('kind', ['corrupt', 'missing'])
def test_testing_raises_with_the_path(sysu_copy, pipeline, kind):
    dataset = SYSUMM01(sysu_copy, split='test', pipeline=pipeline)
    path = dataset.get_data_info(2)['img_path']
    damage(path) if kind == 'corrupt' else Path(path).unlink()
    with pytest.raises(OSError, match=path):
        dataset[2]
    assert dataset[1]['data_samples'].sample_idx == 1


def test_no_readable_image_left(regdb_copy, pipeline):
    dataset = RegDB(regdb_copy, pipeline=pipeline)
    same = (dataset.labels == 0) & (dataset.modalities == 0)
    for i in np.flatnonzero(same):
        damage(dataset.get_data_info(i)['img_path'])
    with pytest.raises(OSError, match='None of the 2 visible images'):
        dataset[int(np.flatnonzero(same)[0])]


def test_errors_of_the_pipeline_are_not_taken_for_corrupt_images(toy_sysu):
    def broken(results):
        raise KeyError('a mistake in a transform')

    dataset = SYSUMM01(toy_sysu, pipeline=[broken])
    with pytest.raises(KeyError, match='a mistake'):
        dataset[0]
    assert dataset.corrupt_count == 0


def test_pipeline_that_always_returns_none(toy_sysu):
    dataset = SYSUMM01(
        toy_sysu, pipeline=[lambda results: None], max_refetch=3
    )
    with pytest.raises(RuntimeError, match='nothing for 4 images'):
        dataset[0]


@pytest.mark.parametrize('context', ['fork', 'spawn'])
def test_counter_and_cache_are_shared_with_workers(
    regdb_copy, pipeline, tmp_path, context
):
    plain = RegDB(regdb_copy, pipeline=pipeline)
    expected = plain[1]['inputs']
    for i in (0, 20, 39):
        damage(plain.get_data_info(i)['img_path'])
    cache = dict(dir=tmp_path / 'cache', size=(48, 24))
    dataset = RegDB(regdb_copy, pipeline=pipeline, cache=cache)
    loader = DataLoader(
        dataset,
        batch_size=8,
        # a spawned worker imports everything anew, which takes seconds
        num_workers=1 if context == 'spawn' else 2,
        collate_fn=collate_views,
        multiprocessing_context=context,
    )
    images = [image for batch in loader for image in batch['inputs']]
    assert len(images) == len(dataset)
    assert torch.equal(images[1], expected)
    assert dataset.corrupt_count == 3
    assert dataset.corrupt_flags.nonzero().ravel().tolist() == [0, 20, 39]


def test_identity_of_one_modality_is_left_out_of_training(sysu_copy):
    pid = int(SYSUMM01(sysu_copy).pids[0])
    for cam in (3, 6):
        shutil.rmtree(sysu_copy / f'cam{cam}/{pid:04d}')
    train = SYSUMM01(sysu_copy)
    assert pid not in train.pids
    assert sorted(set(train.labels.tolist())) == list(
        range(train.metainfo['num_identities'])
    )
    everything = SYSUMM01(sysu_copy, split='trainval', test_mode=True)
    assert pid in everything.pids


def test_identity_with_one_image_is_kept(sysu_copy):
    pid = int(SYSUMM01(sysu_copy).pids[0])
    for cam in (2, 4, 5, 6):
        shutil.rmtree(sysu_copy / f'cam{cam}/{pid:04d}')
    for cam in (1, 3):
        (sysu_copy / f'cam{cam}/{pid:04d}/0002.jpg').unlink()
    train = SYSUMM01(sysu_copy)
    assert (train.pids == pid).sum() == 2


def test_subset_keeps_arrays_in_step(toy_sysu, pipeline):
    dataset = SYSUMM01(toy_sysu, pipeline=pipeline)
    chosen = [50, 3, 7]
    subset = dataset.get_subset(chosen)
    assert np.array_equal(subset.pids, dataset.pids[chosen])
    assert len(subset.corrupt_flags) == 3
    assert subset[0]['data_samples'].pid == dataset.pids[50]
    assert len(dataset.pids) == len(dataset)
    dataset.get_subset_(5)
    assert len(dataset) == len(dataset.labels) == 5


def test_lazy_init(toy_sysu, pipeline):
    dataset = SYSUMM01(toy_sysu, pipeline=pipeline, lazy_init=True)
    assert 'num_identities' not in dataset.metainfo
    assert dataset[0]['data_samples'].sample_idx == 0
    assert dataset.metainfo['num_identities'] == 10


def test_pickles(toy_sysu, pipeline):
    dataset = pickle.loads(pickle.dumps(SYSUMM01(toy_sysu, pipeline=pipeline)))
    assert dataset[4]['inputs'].shape == (3, 48, 24)
