import pytest
import torch

from mmvireid.models.necks import PartNeck, PoolingNeck


def make_neck(**options):
    torch.manual_seed(0)
    pooling = dict(type='mmpretrain.GlobalAveragePooling')
    return PartNeck(4, 3, 5, pooling=pooling, **options).double()


def test_parts_against_a_loop():
    neck = make_neck().eval()
    norm = neck.activation[0]
    torch.nn.init.ones_(norm.bias)
    torch.nn.init.uniform_(norm.running_mean)
    torch.nn.init.uniform_(norm.running_var, 0.5, 2)
    maps = torch.randn(2, 4, 6, 3).double()
    out = neck(maps)
    assert torch.allclose(out['global'], maps.mean((2, 3)))
    assert out['map'] is maps
    for image in range(2):
        for part in range(3):
            stripe = maps[image, :, 2 * part : 2 * part + 2].mean((1, 2))
            rows = slice(5 * part, 5 * part + 5)
            value = stripe @ neck.weight[part]
            value = (value - norm.running_mean[rows]) / (
                norm.running_var[rows] + norm.eps
            ).sqrt()
            value = (value + 1).relu()  # the norm's bias
            assert torch.allclose(out['parts'][image, part], value)
            value = value / value.norm()
            assert torch.allclose(out['unit_parts'][image, part], value)


def test_without_norm_and_relu_parts_are_linear():
    neck = make_neck(norm_and_relu=False)
    out = neck(torch.randn(2, 4, 3, 1).double())['unit_parts']
    assert (out < 0).any()
    assert torch.allclose(out.norm(dim=-1), torch.ones(2, 3).double())


def test_widths():
    widths = {'map': 4, 'global': 4, 'parts': 5, 'unit_parts': 5}
    assert make_neck().out_channels == widths
    assert PoolingNeck(4).out_channels == {'map': 4, 'global': 4}


def test_rows_that_do_not_divide():
    with pytest.raises(ValueError, match='4 rows.*3 stripes.*384x192'):
        make_neck()(torch.randn(2, 4, 4, 2).double())


def test_pooling_neck_pools():
    maps = torch.rand(2, 4, 3, 3)
    out = PoolingNeck(4, dict(type='mmpretrain.GlobalAveragePooling'))(maps)
    assert torch.allclose(out['global'], maps.mean((2, 3)))
