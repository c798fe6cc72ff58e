from collections import Counter

import numpy as np
import pytest
from mmengine.dataset import DefaultSampler, InfiniteSampler

from mmvireid.datasets.samplers import CrossModalityIdentityBatchSampler


class Arrays:
    """Labels and modalities without images."""

    def __init__(self, visible, infrared):
        counts = np.array([visible, infrared])
        ids = np.arange(len(visible))
        self.labels = np.concatenate([np.repeat(ids, c) for c in counts])
        self.modalities = np.repeat([0, 1], counts.sum(axis=1))

    def __len__(self):
        return len(self.labels)


def build(dataset, rank=0, world_size=1, p=8, k=4, seed=0, **kwargs):
    sampler = DefaultSampler(dataset, seed=seed)
    sampler.rank, sampler.world_size = rank, world_size
    return CrossModalityIdentityBatchSampler(
        sampler, p * 2 * k, num_ids=p, num_instances=k, **kwargs
    )


@pytest.fixture
def twenty():
    """20 identities with 7 visible and 5 infrared images each."""
    return Arrays([7] * 20, [5] * 20)


@pytest.mark.parametrize('replace', ['auto', 'official'])
def test_layout_of_a_batch(twenty, replace):
    for batch in build(twenty, replace=replace):
        batch = np.array(batch).reshape(2, 8, 4)
        assert (twenty.modalities[batch[0]] == 0).all()
        assert (twenty.modalities[batch[1]] == 1).all()
        labels = twenty.labels[batch]
        assert (labels == labels[:1, :, :1]).all()
        assert len(set(labels[0, :, 0])) == 8


def test_official_yields_160_indices_a_modality_and_len_says_so(twenty):
    sampler = build(twenty, replace='official')
    batches = list(sampler)
    assert len(batches) == len(sampler) == 5
    indices = np.concatenate(batches)
    modalities = twenty.modalities[indices]
    assert (modalities == 0).sum() == (modalities == 1).sum() == 160


def test_official_draws_with_replacement(twenty):
    batches = list(build(twenty, replace='official', num_batches=50))
    assert any(len(set(batch)) < len(batch) for batch in batches)


def test_auto_repeats_nothing_while_it_can(twenty):
    indices = []
    # 20 batches of 8 identities are 8 passes through all 20
    for batch in build(twenty, num_batches=20):
        assert len(set(batch)) == len(batch)
        indices += batch
    counts = Counter(twenty.labels[indices].tolist())
    assert set(counts.values()) == {8 * 8}
    # 8 draws of 4: 32 of 7 visible images, so 4 or 5 times each
    images = Counter(indices)
    visible = [images[i] for i in np.flatnonzero(twenty.modalities == 0)]
    assert set(visible) <= {4, 5}


@pytest.mark.parametrize('k', [5, 6, 8])
def test_few_images_repeat_evenly(k):
    dataset = Arrays([1, 3, 5], [2, 5, 1])
    for batch in build(dataset, p=3, k=k, num_batches=40):
        counts = Counter(batch)
        for image, count in counts.items():
            same = (dataset.labels == dataset.labels[image]) & (
                dataset.modalities == dataset.modalities[image]
            )
            n = same.sum()
            assert count in (k // n, -(-k // n))


@pytest.mark.parametrize('replace', ['auto', 'official'])
def test_epochs_differ_and_repeat_exactly(twenty, replace):
    sampler = build(twenty, replace=replace)
    epochs = []
    for epoch in (0, 1, 0):
        sampler.sampler.set_epoch(epoch)
        epochs.append(list(sampler))
    assert epochs[0] == epochs[2]
    assert epochs[0] != epochs[1]
    assert list(build(twenty, replace=replace)) == epochs[0]
    assert list(build(twenty, replace=replace, seed=1)) != epochs[0]


@pytest.mark.parametrize('replace', ['auto', 'official'])
def test_ranks_share_no_identity(twenty, replace):
    ranks = [
        list(build(twenty, rank, 2, p=5, k=2, replace=replace))
        for rank in range(2)
    ]
    assert len(ranks[0]) == len(ranks[1]) == 140 // 20 + 1
    for batches in zip(*ranks, strict=True):
        labels = [set(twenty.labels[batch].tolist()) for batch in batches]
        assert labels[0].isdisjoint(labels[1])
        assert len(labels[0]) == len(labels[1]) == 5


def test_num_batches(twenty):
    sampler = build(twenty, num_batches=13)
    assert len(sampler) == len(list(sampler)) == 13


@pytest.mark.parametrize(
    ('kwargs', 'message'),
    [
        (dict(p=1), 'no image has a negative'),
        (dict(p=21), r'has 20 with images of both'),
        (dict(p=11, world_size=2), '22 in all'),
        (dict(k=0), 'at least 1'),
        (dict(replace='yes'), "'auto' or 'official'"),
    ],
)
def test_impossible_arguments(twenty, kwargs, message):
    with pytest.raises(ValueError, match=message):
        build(twenty, **kwargs)


def test_batch_size_must_fit(twenty):
    with pytest.raises(ValueError, match='= 64, but is 32'):
        CrossModalityIdentityBatchSampler(DefaultSampler(twenty), 32)


def test_other_samplers_and_data_sets_are_refused(twenty):
    with pytest.raises(TypeError, match='DefaultSampler'):
        CrossModalityIdentityBatchSampler(InfiniteSampler(twenty), 64)
    with pytest.raises(TypeError, match='`labels` and `modalities`'):
        CrossModalityIdentityBatchSampler(DefaultSampler([1, 2]), 64)
    with pytest.raises(ValueError, match='no infrared one'):
        build(Arrays([4] * 8, [0] * 8))
