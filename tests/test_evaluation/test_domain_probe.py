import numpy as np
import pytest

from mmvireid.evaluation import domain_probe


def make_views(shift, number=400, width=6):
    """Views share the content of their image; the second is shifted."""
    rng = np.random.default_rng(0)
    content = 3 * rng.normal(size=(number, width))
    first, second = (
        content + 0.5 * rng.normal(size=content.shape) for _ in range(2)
    )
    second[:, 2] += shift
    return first.astype(np.float32), second.astype(np.float32)


def test_equal_domains_cannot_be_told_apart():
    accuracies = [domain_probe(*make_views(0), seed) for seed in range(5)]
    assert np.mean(accuracies) == pytest.approx(50, abs=4)


def test_far_domains_are_told_apart():
    assert domain_probe(*make_views(40)) > 99.5


def test_the_best_plane_is_found():
    """Two normal distributions 2 standard deviations apart: 84.1 %."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 4000, 3))
    second[:, 1] += 2
    assert domain_probe(first, second) == pytest.approx(84.1, abs=2)


def test_the_scale_of_a_channel_does_not_matter():
    first, second = make_views(8)
    scales = np.array([1e-4, 1, 1e-3, 1e3, 1, 1e2], np.float32)
    expected = domain_probe(first, second)
    assert domain_probe(first * scales, second * scales) == pytest.approx(
        expected, abs=0.5
    )


def test_the_seed_draws_the_halves():
    views = make_views(3)
    assert domain_probe(*views, 1) == domain_probe(*views, 1)
    assert len({domain_probe(*views, seed) for seed in range(6)}) > 1


@pytest.mark.parametrize('shapes', [((8, 3), (7, 3)), ((3, 2), (3, 2))])
def test_views_of_other_images(shapes):
    with pytest.raises(ValueError, match='two views of each of at least 4'):
        domain_probe(*(np.zeros(shape) for shape in shapes))
