from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

FOLDER = Path(__file__).parents[2] / 'configs/_base_/datasets'
CONFIGS = {
    'sysu_288x144.py': 'SYSU',
    'sysu_288x144_val.py': 'SYSU',
    'sysu_96x48.py': 'SYSU',
    'regdb_288x144.py': 'REGDB',
    'regdb_96x48.py': 'REGDB',
    'llcm_288x144.py': 'LLCM',
}


@pytest.mark.parametrize('name', CONFIGS)
def test_loaders_give_batches(
    name, monkeypatch, toy_sysu, toy_regdb, toy_llcm
):
    roots = dict(SYSU=toy_sysu, REGDB=toy_regdb, LLCM=toy_llcm)
    monkeypatch.setenv(f'{CONFIGS[name]}_ROOT', str(roots[CONFIGS[name]]))
    cfg = Config.fromfile(FOLDER / name)
    for phase in ('train', 'val', 'test'):
        loader_cfg = cfg[f'{phase}_dataloader']
        loader_cfg.update(num_workers=0, persistent_workers=False)
        loader = Runner.build_dataloader(loader_cfg, seed=0)
        batch = next(iter(loader))
        assert batch['inputs'][0].shape == (3, *cfg.image_size)
        size = 64 if phase == 'train' else min(64, len(loader.dataset))
        assert len(batch['inputs']) == size
    assert cfg.test_evaluator.type == 'CrossModalityRetrievalMetric'


def test_regdb_trial_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv('REGDB_TRIAL', '7')
    cfg = Config.fromfile(FOLDER / 'regdb_288x144.py')
    assert cfg.trial == 7
    for phase in ('train', 'val', 'test'):
        assert cfg[f'{phase}_dataloader'].dataset.trial == 7


def test_own_validation_identities_stay_out_of_training():
    cfg = Config.fromfile(FOLDER / 'sysu_288x144_val.py')
    splits = [
        cfg[f'{phase}_dataloader'].dataset.split
        for phase in ('train', 'val', 'test')
    ]
    assert splits == ['train', 'val', 'test']


def test_caj_pipeline_gives_three_images_for_two(monkeypatch, toy_regdb):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    cfg = Config.fromfile(FOLDER / 'regdb_288x144.py').train_dataloader
    caj = Config.fromfile(FOLDER / 'pipelines_caj_288x144.py')
    cfg.dataset.pipeline = caj.caj_train_pipeline
    cfg.update(num_workers=0, persistent_workers=False)
    batch = next(iter(Runner.build_dataloader(cfg, seed=0)))
    samples = batch['data_samples']
    assert [s.modality for s in samples] == [0] * 64 + [1] * 32
    # the two views of an image follow one another; the second is gray
    for i in range(0, 64, 2):
        assert samples[i].sample_idx == samples[i + 1].sample_idx
        view = batch['inputs'][i + 1]
        assert (view == view[:1]).all()
