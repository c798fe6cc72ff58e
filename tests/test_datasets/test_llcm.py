import shutil

import pytest

from mmvireid.datasets import LLCM


def test_training_reads_the_lists(toy_llcm):
    dataset = LLCM(toy_llcm)
    lines = [
        line
        for name in ('vis', 'nir')
        for line in (toy_llcm / f'idx/train_{name}.txt')
        .read_text()
        .split('\n')
        if line
    ]
    assert len(dataset) == len(lines)
    info = dataset.get_data_info(0)
    folder, name = info['img_path'].split('/')[-2:]
    assert info['pid'] == int(folder)
    assert info['cam_id'] == int(name.split('_c')[1][:2])


def test_testing_walks_the_cameras(toy_llcm):
    dataset = LLCM(toy_llcm, 'test')
    files = {str(p) for p in toy_llcm.glob('test_*/cam*/*/*')}
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    assert {i['img_path'] for i in infos} == files
    visible = {i['cam_id'] for i in infos if i['modality'] == 0}
    infrared = {i['cam_id'] for i in infos if i['modality'] == 1}
    assert visible == set(range(1, 10))
    assert infrared == visible - {3}
    assert (
        dataset.metainfo['split_hash']
        == (LLCM(toy_llcm).metainfo['split_hash'])
    )


def test_infrared_camera_3_may_be_empty_or_missing(llcm_copy):
    size = len(LLCM(llcm_copy, 'test'))
    folder = llcm_copy / 'test_nir/cam3'
    shutil.rmtree(folder, ignore_errors=True)
    assert len(LLCM(llcm_copy, 'test')) == size
    folder.mkdir()
    assert len(LLCM(llcm_copy, 'test')) == size


def test_other_empty_camera_is_an_error(llcm_copy):
    shutil.rmtree(llcm_copy / 'test_nir/cam4')
    (llcm_copy / 'test_nir/cam4').mkdir()
    with pytest.raises(ValueError, match='cam4.* holds no image'):
        LLCM(llcm_copy, 'test')
    with pytest.raises(ValueError, match=r'cameras 1 to 9, but \[10\]'):
        LLCM(llcm_copy, 'test', cameras=(1, 10))


def test_unknown_test_id(llcm_copy):
    (llcm_copy / 'idx/test_id.txt').write_text('1063')
    with pytest.raises(ValueError, match='no image in any camera: 1063'):
        LLCM(llcm_copy, 'test')
