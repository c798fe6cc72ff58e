from types import SimpleNamespace

import torch

from mmvireid.engine.hooks import ChannelsLastHook
from mmvireid.models.backbones import TwoStream


def test_the_layout_changes_and_the_results_do_not():
    torch.manual_seed(0)
    resnet = dict(type='mmpretrain.ResNet', depth=18)
    resnet.update(stem_channels=8, base_channels=8)
    model = TwoStream(resnet).eval()
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
