"""Heads of boxes against torchvision's pooling and explicit layers."""

from collections import OrderedDict

import pytest
import torch
import torch.nn.functional as F
from mmpretrain.models.backbones import ResNet, SwinTransformer
from torchvision.ops import MultiScaleRoIAlign

from mmvireid.models.backbones import RawConvNeXt
from mmvireid.models.roi_heads import (
    LocationEmbedding,
    ReIDEmbedding,
    copy_last_stage,
    embed_rois,
)
from mmvireid.models.roi_heads import person_roi_head as module

BOXES = torch.tensor(
    [[3.0, 5, 40, 77], [0, 0, 100, 80], [60, 10, 61, 12], [-9, -9, 300, 300]]
)
IMAGES = torch.tensor([0, 1, 1, 0])


def convnext():
    torch.manual_seed(0)
    return RawConvNeXt(
        arch=dict(channels=[4, 8, 12, 16], depths=[1] * 4),
        out_indices=[1, 2, 3],
    )


def pooled(backbone, feature_map):
    """The two pooled maps of each box, by torchvision's own pooler."""
    pooler = MultiScaleRoIAlign(['res3'], output_size=14, sampling_ratio=2)
    boxes = [BOXES[n == IMAGES] for n in range(2)]
    order = torch.cat([(n == IMAGES).nonzero()[:, 0] for n in range(2)])
    size = (8 * feature_map.shape[2], 8 * feature_map.shape[3])
    maps = pooler(OrderedDict(res3=feature_map), boxes, [size, size])
    maps = maps[order.argsort()]
    assert pooler.scales == [1 / 8]
    last = backbone.stages[3](backbone.downsample_layers[3](maps))
    assert last.shape[2:] == (7, 7)
    return maps.amax((2, 3)), last.amax((2, 3))


@pytest.mark.parametrize('dim', [8, 7])
@pytest.mark.parametrize('training', [True, False])
def test_reid_embedding(dim, training):
    backbone = convnext().eval()
    head = ReIDEmbedding(backbone, (12, 16), dim, 'batchnorm')
    assert not list(head.projections[0][1].parameters())
    head.train(training)
    feature_map = torch.randn(2, 12, 11, 14)
    found = embed_rois(head, feature_map, BOXES, IMAGES)
    parts = []
    halves = zip(pooled(backbone, feature_map), head.projections, strict=True)
    for x, (linear, _) in halves:
        assert not linear.bias.any()
        y = x @ linear.weight.T
        if training:
            y = (y - y.mean(0)) / (y.var(0, unbiased=False) + 1e-5).sqrt()
        else:
            y = y / (1 + 1e-5) ** 0.5
        parts.append(y)
    expected = torch.cat(parts, dim=1)
    assert [part.shape[1] for part in parts] == [dim // 2, dim - dim // 2]
    assert torch.allclose(found, expected, atol=1e-3)


def test_location_embedding():
    backbone = convnext().eval()
    head = LocationEmbedding(backbone, 16, 6).eval()
    feature_map = torch.randn(2, 12, 11, 14)
    found = embed_rois(head, feature_map, BOXES, IMAGES)
    expected = pooled(backbone, feature_map)[1] @ head.projection.weight.T
    assert head.projection.bias is None
    assert torch.allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(
    ('norm', 'dim'),
    [('layernorm', 8), ('groupnorm', 64), ('none', 8), ('batchnorm', 8)],
)
def test_norms(norm, dim):
    head = ReIDEmbedding(convnext(), (12, 16), dim, norm).eval()
    maps = torch.randn(3, 12, 14, 14)
    halves = head(maps).split(dim // 2, dim=1)
    raw = F.linear(maps.amax((2, 3)), head.projections[0][0].weight)
    if norm == 'layernorm':
        expected = F.layer_norm(raw, raw.shape[1:])
    elif norm == 'groupnorm':
        expected = F.group_norm(raw, 32)
    else:
        expected = raw
    assert torch.allclose(halves[0], expected, atol=1e-4)


def test_boxes_are_embedded_in_chunks_in_testing(monkeypatch):
    head = ReIDEmbedding(convnext(), (12, 16), 8, 'batchnorm').eval()
    feature_map = torch.randn(2, 12, 11, 14)
    whole = embed_rois(head, feature_map, BOXES, IMAGES)
    monkeypatch.setattr(module, 'CHUNK', 3)
    parts = embed_rois(head, feature_map, BOXES, IMAGES)
    assert torch.allclose(whole, parts, atol=1e-6)


def test_no_box_leaves_statistics_alone_and_gradients_zero():
    head = ReIDEmbedding(convnext(), (12, 16), 8, 'batchnorm').train()
    state = {k: v.clone() for k, v in head.state_dict().items()}
    feature_map = torch.randn(2, 12, 11, 14)
    found = embed_rois(head, feature_map, BOXES[:0], IMAGES[:0])
    assert found.shape == (0, 8)
    found.sum().backward()
    assert all(not p.grad.any() for p in head.parameters())
    assert all(torch.equal(v, state[k]) for k, v in head.state_dict().items())


def test_no_box_leaves_statistics_of_the_last_stage_alone():
    resnet = ResNet(18, stem_channels=8, base_channels=8, out_indices=(1, 2))
    head = ReIDEmbedding(resnet, (32, 64), 8, 'batchnorm').train()
    head.last_stage[0].bn1.eval()
    state = {k: v.clone() for k, v in head.state_dict().items()}
    modes = [module.training for module in head.modules()]
    embed_rois(head, torch.randn(1, 32, 9, 9), BOXES[:0], IMAGES[:0])
    assert all(torch.equal(v, state[k]) for k, v in head.state_dict().items())
    assert modes == [module.training for module in head.modules()]


def test_last_stages_of_all_families_halve_the_map():
    small = dict(out_indices=(1, 2, 3))
    resnet = ResNet(18, stem_channels=8, base_channels=8, **small)
    swin = SwinTransformer(
        dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4),
        norm_cfg=None, **small,
    )  # fmt: skip
    for backbone in (resnet, swin, convnext()):
        backbone.eval()
        fine, coarse = backbone(torch.randn(2, 3, 448, 448))[1:]
        stage = copy_last_stage(backbone).eval()
        with torch.no_grad():
            assert torch.allclose(stage(fine), coarse, atol=1e-4)
