from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

FOLDER = Path(__file__).parents[2] / 'configs/_base_/datasets'
#: training scenes, crop and test window of each config
CONFIGS = {
    'cuhk_sysu.py': (54, 512, (900, 1200)),
    'cuhk_sysu_1024.py': (54, 1024, (900, 1200)),
    'cuhk_sysu_192.py': (54, 192, (240, 320)),
    'prw.py': (45, 512, (900, 1200)),
    'prw_1024.py': (45, 1024, (900, 1200)),
    'prw_192.py': (45, 192, (240, 320)),
    'prw_192_spectra.py': (45, 192, (240, 320)),
    'coco_persons.py': (16, 512, (900, 1200)),
    'coco_persons_192.py': (16, 192, (240, 320)),
}


@pytest.fixture(autouse=True)
def _roots(monkeypatch, toy_cuhk_sysu, toy_prw, toy_coco):
    init_default_scope('mmvireid')
    monkeypatch.setenv('CUHK_SYSU_ROOT', str(toy_cuhk_sysu))
    monkeypatch.setenv('PRW_ROOT', str(toy_prw))
    monkeypatch.setenv('COCO_ROOT', str(toy_coco))


def build(config: dict):
    config.update(num_workers=0, persistent_workers=False)
    return Runner.build_dataloader(config, seed=0)


@pytest.mark.parametrize('name', CONFIGS)
def test_loaders_give_scenes(name):
    scenes, crop, window = CONFIGS[name]
    config = Config.fromfile(FOLDER / name)
    config.train_dataloader.batch_size = 2
    loader = build(config.train_dataloader)
    assert len(loader.dataset) == scenes
    batch = next(iter(loader))
    assert [tuple(image.shape) for image in batch['inputs']] == [
        (3, crop, crop)
    ] * 2
    samples = batch['data_samples']
    views = samples[0].img_id == samples[1].img_id
    assert views == name.startswith('coco')
    for phase in ('val', 'test'):
        loader = build(config[f'{phase}_dataloader'])
        # toy scenes are 96 x 128, and scaled as large as the window lets
        high, wide = loader.dataset[0]['inputs'].shape[1:]
        assert (high, wide) == window
        protocol = config[f'{phase}_evaluator'].protocol
        files = protocol.ann_files
        # the toy scenes are too few for galleries of 100
        small = [f for f in files.values() if not f.endswith('_G100.json')]
        assert all(Path(f).is_file() for f in small)
        assert all(Path(f).parent.is_dir() for f in files.values())


def test_cross_spectral_search_is_a_line():
    config = Config.fromfile(FOLDER / 'prw_192_spectra.py')
    protocol = config.test_evaluator.protocol
    assert protocol.directions == ('v2i', 'i2v')
    assert protocol.ann_files.all.endswith('test_all.json')
