import copy
import pickle

import pytest
import torch
from torch import nn

from mmvireid.models.backbones import BatchSplit, ModalitySpecific


class Tokens(nn.Module):
    """Returns tokens and their map size, as patch embeddings do."""

    size = (2, 2)

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x, scale=1.0):
        return self.linear(x) * scale, self.size


@pytest.fixture
def routed():
    torch.manual_seed(0)
    split = BatchSplit(num_visible=2, batch_size=5)
    module = ModalitySpecific(nn.Linear(3, 4), split)
    nn.init.normal_(module.infrared.weight)
    return module


def test_each_part_takes_its_own_branch(routed):
    x = torch.randn(5, 3)
    out = routed(x)
    assert torch.equal(out[:2], routed.visible(x[:2]))
    assert torch.equal(out[2:], routed.infrared(x[2:]))


@pytest.mark.parametrize(
    ('num_visible', 'used', 'unused'),
    [(5, 'visible', 'infrared'), (0, 'infrared', 'visible')],
)
def test_single_modality_takes_one_branch(routed, num_visible, used, unused):
    routed.split.num_visible = num_visible
    routed(torch.randn(5, 3)).sum().backward()
    assert getattr(routed, used).weight.grad is not None
    assert getattr(routed, unused).weight.grad is None


def test_tuples_are_joined_and_the_rest_kept():
    split = BatchSplit(num_visible=1, batch_size=3)
    routed = ModalitySpecific(Tokens(), split)
    x = torch.randn(3, 4, 3)
    tokens, size = routed(x, scale=2.0)
    assert tokens.shape == (3, 4, 3)
    assert size == (2, 2)
    assert torch.allclose(tokens[0], 2 * routed.visible.linear(x[0]))


def test_rows_per_image_may_be_several(routed):
    x = torch.randn(15, 3)
    out = routed(x)
    assert torch.equal(out[6:], routed.infrared(x[6:]))


def test_rows_that_do_not_divide_are_refused(routed):
    with pytest.raises(ValueError, match='7 rows.*5 images'):
        routed(torch.randn(7, 3))


def test_module_without_tensor_output_is_refused():
    class Names(nn.Module):
        def forward(self, x):
            return {'x': x}

    split = BatchSplit(num_visible=1, batch_size=2)
    with pytest.raises(TypeError, match='returned dict'):
        ModalitySpecific(Names(), split)(torch.zeros(2, 3))


def test_unknown_attributes_are_those_of_the_visible_branch(routed):
    assert routed.in_features == 3
    with pytest.raises(AttributeError, match='nothing'):
        _ = routed.nothing


def test_plain_keys_fill_both_branches(routed):
    plain = nn.Linear(3, 4)
    result = routed.load_state_dict(plain.state_dict())
    assert not result.missing_keys
    assert not result.unexpected_keys
    assert torch.equal(routed.visible.weight, plain.weight)
    assert torch.equal(routed.infrared.weight, plain.weight)


def test_own_keys_win_over_plain_ones(routed):
    own = {f'infrared.{k}': v for k, v in nn.Linear(3, 4).state_dict().items()}
    plain = nn.Linear(3, 4).state_dict()
    routed.load_state_dict({**plain, **own})
    assert torch.equal(routed.infrared.weight, own['infrared.weight'])
    assert torch.equal(routed.visible.weight, plain['weight'])


def test_copies_and_pickles(routed):
    x = torch.randn(5, 3)
    for twin in (copy.deepcopy(routed), pickle.loads(pickle.dumps(routed))):
        assert torch.equal(twin(x), routed(x))
        assert twin.split is not routed.split
