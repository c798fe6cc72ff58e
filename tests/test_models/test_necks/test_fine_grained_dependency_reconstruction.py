import pytest
import torch

from mmvireid.models.necks import FineGrainedDependencyReconstruction


@pytest.fixture
def neck():
    torch.manual_seed(0)
    pooling = dict(type='mmpretrain.GlobalAveragePooling')
    neck = FineGrainedDependencyReconstruction(4, 3, 5, 0.25, pooling)
    neck.init_weights()
    torch.nn.init.constant_(neck.gamma, 0.7)
    return neck.double()


def by_hand(neck, maps, template):
    """Tokens of each image, one at a time."""
    rebuilt, attention = [], []
    for image in maps:
        stripes = image.view(4, 3, -1).mean(2).T
        tokens = stripes @ neck.reduce.weight.T + neck.reduce.bias
        spread = (tokens.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
        scaled = (tokens - tokens.mean(1, keepdim=True)) / spread
        placed = scaled + neck.position
        query = placed @ neck.query.weight.T + neck.query.bias
        key = placed @ neck.key.weight.T + neck.key.bias
        value = scaled @ neck.value.weight.T + neck.value.bias
        scores = (query @ key.T / 5**0.5).exp()
        attention.append(scores / scores.sum(1, keepdim=True))
        rebuilt.append((tokens, value))
    if template is None:
        template = torch.stack(attention).mean(0)
    return torch.stack(
        [
            tokens + 0.7 * ((a + template) / 2) @ value
            for (tokens, value), a in zip(rebuilt, attention, strict=True)
        ]
    ), torch.stack(attention)


@pytest.mark.parametrize('training', [True, False])
def test_against_a_loop(neck, training):
    neck.train(training)
    maps = torch.randn(4, 4, 6, 2).double()
    torch.nn.init.uniform_(neck.template)
    before = neck.template.clone()
    out = neck(maps)
    parts, attention = by_hand(neck, maps, None if training else before)
    assert torch.allclose(out['parts'], parts)
    assert torch.allclose(out['dependencies'], attention.flatten(1))
    assert torch.allclose(out['global'][:, :4], maps.mean((2, 3)))
    assert torch.allclose(out['global'][:, 4:], parts.flatten(1))
    expected = before
    if training:
        expected = 0.75 * before + 0.25 * attention.mean(0)
    assert torch.allclose(neck.template, expected)


def test_widths_are_those_of_the_features(neck):
    out = neck(torch.randn(3, 4, 7, 2).double())
    for name, width in neck.out_channels.items():
        dim = -1 if name == 'parts' else 1
        assert out[name].shape[dim] == width, name


def test_it_starts_without_reconstruction():
    neck = FineGrainedDependencyReconstruction(4, 3, 5)
    neck.init_weights()
    maps = torch.rand(2, 4, 6, 2)
    stripes = maps.view(2, 4, 3, -1).mean(3).transpose(1, 2)
    assert torch.allclose(neck(maps)['parts'], neck.reduce(stripes), atol=1e-6)
    neck(maps)['parts'].sum().backward()
    assert neck.gamma.grad.abs() > 0


def test_half_precision_extremes():
    neck = FineGrainedDependencyReconstruction(4, 3, 5).eval()
    maps = 1e3 * torch.rand(2, 4, 6, 2)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        out = neck(maps)
    assert all(value.isfinite().all() for value in out.values())
    sums = out['dependencies'].view(2, 3, 3).sum(-1)
    assert torch.allclose(sums, torch.ones(2, 3))


@pytest.mark.parametrize('height', [1, 3, 4, 5, 9, 18])
def test_stripes_are_those_of_adaptive_pooling(neck, height):
    rows = torch.randn(2, 4, height).double()
    expected = torch.nn.functional.adaptive_avg_pool1d(rows, neck.num_parts)
    assert torch.allclose(rows @ neck._shares(rows), expected)


def test_attention_depends_on_the_image_from_the_start():
    """Small tokens, as a network gives them, do not attend all alike."""
    torch.manual_seed(0)
    neck = FineGrainedDependencyReconstruction(512)
    neck.init_weights()
    attention = neck(torch.rand(4, 512, 6, 3))['dependencies']
    assert attention.std(0).mean() > 0.01
    assert (attention - 1 / 6).abs().amax() > 0.05
