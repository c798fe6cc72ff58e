import pytest
import torch
from mmengine.registry import init_default_scope
from mmpretrain.structures import DataSample

from mmvireid.apis import export_onnx
from mmvireid.registry import MODELS

BACKBONES = {
    'resnet': dict(type='NonLocalResNet', depth=18, base_channels=8,
                   stem_channels=8),
    'convnext': dict(type='mmpretrain.ConvNeXt',
                     arch=dict(depths=[1] * 4, channels=[8, 8, 16, 16])),
    'swin': dict(type='mmpretrain.SwinTransformer',
                 arch=dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4)),
    'vit': dict(type='mmpretrain.VisionTransformer', img_size=(96, 48),
                arch=dict(embed_dims=16, num_layers=2, num_heads=2,
                          feedforward_channels=32)),
    'mobilenet': dict(type='mmpretrain.MobileNetV3', arch='small'),
}  # fmt: skip
SIZE = (96, 48)


def build(backbone='resnet', neck='BNNeck'):
    init_default_scope('mmvireid')
    torch.manual_seed(0)
    model = MODELS.build(
        dict(
            type='CrossModalityModel',
            backbone=dict(
                type='TwoStream',
                backbone=BACKBONES[backbone],
                independent_init=True,
            ),
            neck=dict(type=neck),
            heads={},
        )
    )
    model.init_weights()
    return model.eval()


@pytest.mark.parametrize('backbone', BACKBONES)
def test_graphs_give_the_features_of_the_model(backbone, tmp_path):
    model = build(backbone)
    for modality in ('visible', 'infrared'):
        path = tmp_path / 'new' / f'{modality}.onnx'
        fixed = dict(batch_size=2) if backbone == 'swin' else {}
        assert export_onnx(model, path, modality, SIZE, **fixed) < 1e-4
        assert path.stat().st_size > 1000


def test_a_trace_of_one_batch_size_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match='fix it by batch_size'):
        export_onnx(build('swin'), tmp_path / 'm.onnx', 'visible', SIZE)


@pytest.mark.parametrize('backbone', ['resnet', 'mobilenet'])
def test_fdr_exports(backbone, tmp_path):
    """Also where the rows of the map do not divide into the stripes."""
    model = build(backbone, neck='FineGrainedDependencyReconstruction')
    path = tmp_path / 'm.onnx'
    assert export_onnx(model, path, 'visible', (144, 48)) < 1e-4


def test_a_graph_is_fed_as_the_test_pipeline_feeds_the_model(tmp_path):
    import onnxruntime

    model = build()
    export_onnx(model, tmp_path / 'i.onnx', 'infrared', SIZE)
    session = onnxruntime.InferenceSession(str(tmp_path / 'i.onnx'))
    image = torch.randint(256, (3, *SIZE)).byte()
    sample = DataSample(metainfo=dict(modality=1))
    data = dict(inputs=[image], data_samples=[sample])
    with torch.no_grad():
        expected = model.val_step(data)[0].features['bn']
    (found,) = session.run(None, {'images': image[None].float().numpy()})
    assert torch.allclose(torch.from_numpy(found[0]), expected, atol=1e-4)


@pytest.mark.parametrize(
    'wrong', [dict(modality='thermal'), dict(feature='parts')]
)
def test_wrong_options(wrong, tmp_path):
    options = dict(modality='visible', image_size=SIZE)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        export_onnx(build(), tmp_path / 'm.onnx', **{**options, **wrong})


def test_averaging_with_mirrored_images_is_refused(tmp_path):
    model = build()
    model.flip = True
    with pytest.raises(ValueError, match='flip averages'):
        export_onnx(model, tmp_path / 'a.onnx', 'visible', SIZE)
