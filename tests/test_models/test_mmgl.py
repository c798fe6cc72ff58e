"""MMGL's parts together, on every family of backbones."""

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.structures import DataSample

from mmvireid.registry import MODELS

CONFIG = 'configs/_base_/models/mmgl_r50.py'
FAMILIES = {
    'resnet': (
        dict(type='mmpretrain.ResNet', depth=18, base_channels=8,
             stem_channels=8),
        96,
    ),
    'convnext': (
        dict(type='mmpretrain.ConvNeXt',
             arch=dict(depths=[1] * 4, channels=[8, 8, 16, 16])),
        192,
    ),
    'swin': (
        dict(type='mmpretrain.SwinTransformer',
             arch=dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4)),
        192,
    ),
    'vit': (
        dict(type='mmpretrain.VisionTransformer', img_size=(96, 48),
             arch=dict(embed_dims=16, num_layers=2, num_heads=2,
                       feedforward_channels=32)),
        96,
    ),
}  # fmt: skip


def build(family, specific='stem'):
    init_default_scope('mmvireid')
    backbone, height = FAMILIES[family]
    config = Config.fromfile(CONFIG).model
    config.backbone.backbone = backbone
    config.backbone.specific = specific
    torch.manual_seed(0)
    model = MODELS.build(config)
    model.init_weights()
    return model, height


def make_batch(height, count=4):
    samples = [
        DataSample(metainfo=dict(modality=i // count, sample_idx=i, pid=i))
        for i in range(2 * count)
    ]
    images = torch.randint(256, (2 * count, 3, height, height // 2)).byte()
    return dict(inputs=list(images), data_samples=samples)


@pytest.mark.parametrize('specific', ['stem', []])
@pytest.mark.parametrize('family', FAMILIES)
def test_a_step_reaches_every_weight(family, specific):
    model, height = build(family, specific)
    data = model.data_preprocessor(make_batch(height), training=True)
    losses = model.train()(**data, mode='loss')
    assert set(losses) == {
        'permutation.loss_permutation',
        'permutation.accuracy',
        'cycle.loss_cycle',
        'position.loss_position',
        'position.accuracy',
    }
    total, _ = model.parse_losses(losses)
    total.backward()
    assert total.isfinite()
    without = [key for key, p in model.named_parameters() if p.grad is None]
    assert not without


def test_predictions_hold_scores_and_permutations():
    model, height = build('resnet')
    model.eval()
    with torch.no_grad():
        first, second = (model.val_step(make_batch(height)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one.permutation_logits.shape == (6, 6)
        # The same puzzle every time, though the images differ.
        assert torch.equal(one.permutation, other.permutation)


def test_rows_of_the_map_must_divide():
    model, _ = build('convnext')
    data = model.data_preprocessor(make_batch(96), training=True)
    with pytest.raises(ValueError, match='3 rows.*384x192'):
        model(**data, mode='loss')
