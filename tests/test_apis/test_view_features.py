from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmvireid.apis import view_features
from mmvireid.datasets import collate_views
from mmvireid.registry import DATASETS, MODELS

CONFIG = Path(__file__).parents[2] / (
    'configs/toplight/small/top_r18_32x2-500i_imagenet-mini-96.py'
)


@pytest.fixture
def config(toy_classes):
    init_default_scope('mmvireid')
    cfg = Config.fromfile(CONFIG)
    cfg.model.backbone.backbone.update(stem_channels=8, base_channels=8)
    cfg.model.backbone.update(independent_init=True, init_cfg=None)
    cfg.train_dataloader.dataset.data_root = str(toy_classes)
    return cfg


@pytest.fixture
def model(config):
    torch.manual_seed(0)
    model = MODELS.build({**config.model, 'heads': {}})
    model.init_weights()
    return model


def test_rows_are_those_of_the_images_and_paths(config, model):
    dataset = DATASETS.build(config.train_dataloader.dataset)
    chosen = [3, 20, 7, 11, 0]
    once = {i: dataset[i] for i in chosen}  # each view is drawn anew
    first, second = view_features(model, once, chosen, batch_size=2)
    assert first.shape == second.shape == (5, 64)
    for row, index in enumerate(chosen):
        for modality, found in enumerate((first, second)):
            view = once[index][modality]
            batch = model.data_preprocessor(collate_views([view]))
            with torch.no_grad():
                expected = model.extract(batch['inputs'], 1 - modality)
            expected = expected['global'][0].numpy()
            assert np.allclose(found[row], expected, atol=1e-4)


def test_one_view_is_not_enough(config, model):
    config.train_dataloader.dataset.pipeline = config.one_view_pipeline
    dataset = DATASETS.build(config.train_dataloader.dataset)
    with pytest.raises(ValueError, match=r'modalities=\(0, 1\)'):
        view_features(model, dataset, [0])


def test_unknown_feature(model):
    with pytest.raises(ValueError, match='no feature "bn"'):
        view_features(model, [], [0], 'bn')
