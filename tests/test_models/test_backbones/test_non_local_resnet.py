import pytest
import torch
from mmengine.registry import init_default_scope
from mmpretrain.models.backbones import ResNet

from mmvireid.models.backbones import NonLocalResNet, TwoStream
from mmvireid.models.layers import NonLocalBlock

SMALL = dict(depth=18, stem_channels=8, base_channels=8)


def attended(model):
    return [
        name.removesuffix('.non_local')
        for name, module in model.named_modules()
        if isinstance(module, NonLocalBlock)
    ]


@pytest.mark.parametrize(
    ('depth', 'places'),
    [
        (50, 'layer2.2 layer2.3 layer3.3 layer3.4 layer3.5'),
        (18, 'layer2.0 layer2.1 layer3.0 layer3.1'),
    ],
)
def test_attention_follows_the_last_blocks(depth, places):
    model = NonLocalResNet(depth=depth, stem_channels=8, base_channels=8)
    assert attended(model) == places.split()


def test_starts_as_the_plain_network_and_loads_its_weights():
    torch.manual_seed(0)
    plain, model = ResNet(**SMALL), NonLocalResNet(**SMALL)
    plain.init_weights()
    model.init_weights()
    result = model.load_state_dict(plain.state_dict(), strict=False)
    assert not result.unexpected_keys
    assert all('.non_local.' in key for key in result.missing_keys)
    plain.eval()
    model.eval()
    x = torch.randn(2, 3, 64, 32)
    assert torch.equal(model(x)[-1], plain(x)[-1])
    torch.nn.init.ones_(model.layer3[1].non_local.norm.weight)
    assert not torch.equal(model(x)[-1], plain(x)[-1])


def test_checkpointing_gives_the_same_output():
    model, saving = (
        NonLocalResNet(**SMALL),
        NonLocalResNet(**SMALL, with_cp=True),
    )
    model.eval()
    saving.eval()
    saving.load_state_dict(model.state_dict())
    x = torch.randn(2, 3, 64, 32, requires_grad=True)
    assert torch.equal(model(x)[-1], saving(x)[-1])


def test_a_stage_with_attention_may_be_modality_specific():
    init_default_scope('mmvireid')
    model = TwoStream(dict(type='NonLocalResNet', **SMALL), ['layer2'])
    infrared = model.backbone.layer2.infrared
    assert isinstance(infrared[1].non_local, NonLocalBlock)
    assert model(torch.randn(2, 3, 64, 32), 1)[-1].shape[0] == 2


def test_one_number_per_stage_is_needed():
    with pytest.raises(ValueError, match='each of the 4 stages'):
        NonLocalResNet(**SMALL, non_local_blocks=(0, 2))
