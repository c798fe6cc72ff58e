import numpy as np
import pytest
import torch

from mmvireid.evaluation import (
    k_reciprocal_distance,
    reranking,
    score_similarity,
)


def slow_reranking(query, gallery, k1, k2, weight):
    """Sets of python and loops, one pair of images at a time."""
    x = np.concatenate([query, gallery])
    n = len(x)
    d = ((x[:, None] - x[None]) ** 2).sum(2)
    d = d / d.max(1, keepdims=True)
    nearest = np.argsort(d, axis=1, kind='stable')

    def reciprocal(i, k):
        mine = nearest[i, : k + 1]
        return {j for j in mine if i in nearest[j, : k + 1]}

    v = np.zeros((n, n))
    for i in range(n):
        own = reciprocal(i, k1)
        expanded = set(own)
        for j in own:
            other = reciprocal(j, round(k1 / 2))
            if len(own & other) >= 2 / 3 * len(other):
                expanded |= other
        for j in expanded:
            v[i, j] = np.exp(-d[i, j])
        v[i] /= v[i].sum()
    v = np.stack([v[nearest[i, :k2]].mean(0) for i in range(n)])
    result = np.zeros((len(query), len(gallery)))
    for i in range(len(query)):
        for j in range(len(gallery)):
            g = len(query) + j
            jaccard = 1 - (
                np.minimum(v[i], v[g]).sum() / np.maximum(v[i], v[g]).sum()
            )
            result[i, j] = (1 - weight) * jaccard + weight * d[i, g]
    return result


@pytest.mark.parametrize(
    ('k1', 'k2', 'weight'),
    [(20, 6, 0.3), (5, 1, 0), (7, 3, 0.8), (200, 4, 0.3)],
)
def test_equals_the_slow_way(k1, k2, weight, monkeypatch):
    monkeypatch.setattr(reranking, 'BLOCK_ELEMENTS', 500)
    monkeypatch.setattr(reranking, 'PAIR_ELEMENTS', 300)
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(6, 8))
    query, gallery = (
        centres[rng.integers(0, 6, size)] + rng.normal(size=(size, 8))
        for size in (17, 40)
    )
    result = k_reciprocal_distance(
        torch.from_numpy(query), torch.from_numpy(gallery), k1, k2, weight
    )
    expected = slow_reranking(query, gallery, k1, k2, weight)
    np.testing.assert_allclose(result.numpy(), expected, atol=1e-12)


def test_raises_precision_on_noisy_clusters():
    rng = np.random.default_rng(0)
    pids = torch.arange(12).repeat(15)
    centres = rng.normal(size=(12, 16))
    noise = 1.2 * rng.normal(size=(180, 16))
    x = torch.from_numpy(centres[pids.numpy()] + noise)
    query, gallery, people = x[:36], x[36:], (pids[:36], pids[36:])
    plain = score_similarity(-torch.cdist(query, gallery), *people)
    ranked = score_similarity(-k_reciprocal_distance(query, gallery), *people)
    assert ranked.mAP > plain.mAP + 0.05


def test_collapsed_features():
    result = k_reciprocal_distance(torch.ones(3, 4), torch.ones(5, 4))
    assert torch.isfinite(result).all()


@pytest.mark.parametrize('bad', [(0, 6, 0.3), (20, 0, 0.3), (20, 6, 1.5)])
def test_bad_arguments(bad):
    with pytest.raises(ValueError, match='Re-ranking needs'):
        k_reciprocal_distance(torch.rand(3, 4), torch.rand(3, 4), *bad)
