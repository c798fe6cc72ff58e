from types import SimpleNamespace

import pytest
import torch

from mmvireid.engine.hooks import ChannelsLastHook
from mmvireid.models.backbones import TwoStream


def two_streams(width):
    resnet = dict(type='mmpretrain.ResNet', depth=18)
    resnet.update(stem_channels=width, base_channels=width)
    return TwoStream(resnet)


def test_the_layout_changes_and_the_results_do_not():
    torch.manual_seed(0)
    model = two_streams(16).eval()
    images = torch.randn(4, 3, 48, 32)
    plain = model(images, 2)[-1]
    weights = {key: x.clone() for key, x in model.state_dict().items()}
    ChannelsLastHook().before_run(SimpleNamespace(model=model))
    map_ = model(images, 2)[-1]
    assert plain.is_contiguous()
    assert map_.is_contiguous(memory_format=torch.channels_last)
    assert torch.allclose(map_, plain, atol=1e-5)
    for key, value in model.state_dict().items():
        assert torch.equal(value, weights[key]), key


@pytest.mark.parametrize(('width', 'changes'), [(15, False), (16, True)])
def test_narrow_networks_stay_as_they_are(width, changes):
    model, warnings = two_streams(width), []
    logger = SimpleNamespace(warning=warnings.append)
    ChannelsLastHook().before_run(SimpleNamespace(model=model, logger=logger))
    weight = model.backbone.layer1[0].conv1.weight
    assert weight.is_contiguous(memory_format=torch.channels_last) is changes
    assert len(warnings) == (not changes)
    # What a training step then computes crashes nowhere.
    model(torch.randn(4, 3, 96, 48), 2)[-1].square().mean().backward()
