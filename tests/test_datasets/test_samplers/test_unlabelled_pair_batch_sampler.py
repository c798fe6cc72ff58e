import numpy as np
import pytest
from mmengine.dataset import DefaultSampler

from mmvireid.datasets.samplers import UnlabelledPairBatchSampler


class Arrays:
    labels = np.zeros(70, dtype=int)
    modalities = np.repeat([0, 1], [40, 30])

    def __len__(self):
        return 70


def build(batch_size=16, rank=0, world_size=1, **kwargs):
    sampler = DefaultSampler(Arrays(), seed=0)
    sampler.rank, sampler.world_size = rank, world_size
    return UnlabelledPairBatchSampler(sampler, batch_size, **kwargs)


def test_one_pass_over_the_larger_modality():
    sampler = build()
    batches = np.array(list(sampler))
    assert batches.shape == (5, 16)
    assert len(sampler) == 5
    assert set(batches[:, :8].ravel()) == set(range(40))
    # 40 of 30 infrared images: all of them, ten a second time
    infrared, counts = np.unique(batches[:, 8:], return_counts=True)
    assert set(infrared) == set(range(40, 70))
    assert sorted(counts) == [1] * 20 + [2] * 10
    assert all(len(set(batch)) == 16 for batch in batches.tolist())


def test_epochs_and_ranks():
    first, second = build(rank=0, world_size=2), build(rank=1, world_size=2)
    for a, b in zip(first, second, strict=True):
        assert set(a).isdisjoint(b)
    before = list(first)
    first.sampler.set_epoch(1)
    assert list(first) != before
    first.sampler.set_epoch(0)
    assert list(first) == before


def test_impossible_arguments():
    with pytest.raises(ValueError, match='must be even'):
        build(15)
    with pytest.raises(ValueError, match='needs 32 images'):
        build(64)
    with pytest.raises(ValueError, match='num_batches must be positive'):
        build(num_batches=0)
    assert len(list(build(num_batches=9))) == 9
