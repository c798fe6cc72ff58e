from types import SimpleNamespace

import pytest
from mmengine.config import Config
from torch.utils.data import DataLoader

from mmvireid.utils.config import (
    build_loops,
    fill_num_identities,
    load_config,
    require_model,
    set_work_dir,
)


def config_of(root, **model):
    dataset = dict(type='RegDB', data_root=str(root), split='train', trial=2,
                   pipeline=[dict(type='NoSuchTransform')])  # fmt: skip
    return Config(
        dict(
            default_scope='mmvireid',
            model=model,
            train_dataloader=dict(dataset=dataset),
        )
    )


def test_identities_come_from_the_training_set(toy_regdb):
    cfg = config_of(toy_regdb)
    # Neither the pipeline nor the cache is of use for counting.
    cfg.train_dataloader.dataset.cache = dict(dir='nowhere', size=(8, 4))
    fill_num_identities(cfg)
    assert cfg.model.num_identities == 10
    assert len(cfg.train_dataloader.dataset.pipeline) == 1


def test_checkpoint_goes_first_and_config_before_all(tmp_path):
    cfg = config_of(tmp_path)
    fill_num_identities(cfg, dict(num_identities=7))
    assert cfg.model.num_identities == 7
    cfg = config_of(tmp_path, num_identities=3)
    fill_num_identities(cfg, dict(num_identities=7))
    assert cfg.model.num_identities == 3
    cfg = Config(dict(model=dict(type='Any')))
    fill_num_identities(cfg)
    assert 'num_identities' not in cfg.model


def test_missing_config_and_options(tmp_path):
    with pytest.raises(FileNotFoundError, match='no config file "nowhere.py"'):
        load_config('nowhere.py')
    file = tmp_path / 'some.py'
    file.write_text('model = dict(depth=1)')
    assert load_config(str(file), {'model.depth': 2}).model.depth == 2


def test_work_dir(tmp_path):
    cfg = Config()
    set_work_dir(cfg, 'configs/agw/agw_r50.py', None)
    assert cfg.work_dir == 'work_dirs/agw_r50'
    set_work_dir(cfg, 'configs/agw/agw_r50.py', 'here')
    assert cfg.work_dir == 'here'


def test_misspelt_settings_are_refused(tmp_path):
    file = tmp_path / 'config.py'
    file.write_text('train_cfg = dict(max_epochs=3)')
    cfg = load_config(str(file), {'randomness.seed': 5, 'sync_bn': 'torch'})
    assert cfg.randomness.seed == 5
    with pytest.raises(ValueError, match='"randomnes".*Near.*randomness'):
        load_config(str(file), {'randomnes.seed': 5})


def test_model_of_another_kind_is_refused():
    cfg = Config(dict(model=dict(type='mmvireid.SPNet')))
    require_model(cfg, 'SPNet')
    with pytest.raises(ValueError, match='for a CrossModalityModel.*a SPNet'):
        require_model(cfg, 'CrossModalityModel')


def test_variables_of_a_config_file_are_no_settings(tmp_path):
    file = tmp_path / 'config.py'
    file.write_text('trial = 1\ntrain_dataloader = dict(trial=trial)')
    with pytest.raises(
        ValueError, match='"trial" only names.*train_dataloader.dataset.trial'
    ):
        load_config(str(file), {'trial': 2})
    cfg = load_config(str(file), {'train_dataloader.trial': 2})
    assert cfg.train_dataloader.trial == 2


def test_a_training_set_smaller_than_a_batch_is_refused():
    loader = DataLoader([1, 2, 3], batch_size=4, drop_last=True)
    runner = SimpleNamespace(train_loop=SimpleNamespace(dataloader=loader))
    with pytest.raises(ValueError, match='3 samples, too few for a batch'):
        build_loops(runner, 'train')
