"""ConvNeXt and its pyramid are torchvision's, given the same weights."""

from collections import OrderedDict

import torch
from mmengine.registry import init_default_scope
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

from mmvireid.models.backbones import RawConvNeXt
from mmvireid.registry import MODELS

CHANNELS, DEPTHS = [8, 16, 24, 40], [1, 2, 1, 1]


def copy_weights(source, target):
    with torch.no_grad():
        for a, b in zip(source.parameters(), target.parameters(), strict=True):
            a.copy_(torch.randn_like(a).mul(0.3))
            b.copy_(a.view_as(b))


def torchvision_maps(source, x):
    maps = []
    for i, part in enumerate(source.features):
        x = part(x)
        if i in (3, 5, 7):
            maps.append(x)
    return maps


def test_maps_equal_torchvision_without_norms():
    torch.manual_seed(0)
    settings = [
        CNBlockConfig(c, following, depth)
        for c, following, depth in zip(
            CHANNELS, [*CHANNELS[1:], None], DEPTHS, strict=True
        )
    ]
    source = ConvNeXt(settings).eval()
    target = RawConvNeXt(
        arch=dict(channels=CHANNELS, depths=DEPTHS), out_indices=[1, 2, 3]
    )
    assert target.train() is target
    target.eval()
    for i in range(4):
        copy_weights(source.features[2 * i], target.downsample_layers[i])
        copy_weights(source.features[2 * i + 1], target.stages[i])
    x = torch.randn(2, 3, 64, 96)
    wanted, found = torchvision_maps(source, x), target(x)
    assert len(found) == 3
    for a, b in zip(wanted, found, strict=True):
        assert torch.allclose(a, b, atol=1e-4)
    assert not any('norm3' in name for name, _ in target.named_parameters())


def test_pyramid_equals_torchvision():
    torch.manual_seed(0)
    init_default_scope('mmvireid')
    source = FeaturePyramidNetwork(
        CHANNELS[1:], CHANNELS[2], LastLevelP6P7(CHANNELS[3], CHANNELS[2])
    )
    target = MODELS.build(
        dict(
            type='mmdet.FPN',
            in_channels=CHANNELS[1:],
            out_channels=CHANNELS[2],
            num_outs=5,
            add_extra_convs='on_input',
            relu_before_extra_convs=True,
        )
    )
    for i in range(3):
        copy_weights(source.inner_blocks[i], target.lateral_convs[i])
        copy_weights(source.layer_blocks[i], target.fpn_convs[i])
    copy_weights(source.extra_blocks.p6, target.fpn_convs[3])
    copy_weights(source.extra_blocks.p7, target.fpn_convs[4])
    sizes = [(13, 17), (7, 9), (4, 5)]
    maps = [
        torch.randn(2, c, *size)
        for c, size in zip(CHANNELS[1:], sizes, strict=True)
    ]
    wanted = source(OrderedDict(enumerate(maps))).values()
    for a, b in zip(wanted, target(maps), strict=True):
        assert torch.allclose(a, b, atol=1e-5)
