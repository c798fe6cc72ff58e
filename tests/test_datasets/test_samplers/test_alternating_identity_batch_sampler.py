"""Two halves of every identity's images, in turn."""

import numpy as np
import pytest
from mmengine.dataset import DefaultSampler

from mmvireid.datasets.samplers import AlternatingIdentityBatchSampler


class Images:
    """Identities with given numbers of visible and infrared images."""

    def __init__(self, counts):
        rows = [
            (label, modality)
            for modality in range(2)
            for label, pair in enumerate(counts)
            for _ in range(pair[modality])
        ]
        self.labels, self.modalities = np.array(rows).T

    def __len__(self):
        return len(self.labels)


def make(counts=((4, 5),) * 5, seed=0, **kwargs):
    sampler = DefaultSampler(Images(counts), seed=seed)
    options = dict(num_ids=2, num_instances=2, batch_size=8)
    return AlternatingIdentityBatchSampler(sampler, **{**options, **kwargs})


def images_of(half):
    return {
        int(i) for part in half for rows in part.values() for i in rows
    }  # fmt: skip


def test_halves_are_disjoint_complete_and_hold_all_identities():
    sampler = make(((4, 5), (2, 3), (7, 2)))
    train, val = (images_of(half) for half in sampler.halves)
    assert not train & val
    assert train | val == set(range(23))
    for half, expected in zip(
        sampler.halves,
        ([{0: 2, 1: 1, 2: 4}, {0: 3, 1: 2, 2: 1}],
         [{0: 2, 1: 1, 2: 3}, {0: 2, 1: 1, 2: 1}]),
        strict=True,
    ):  # fmt: skip
        counts = [{k: len(v) for k, v in part.items()} for part in half]
        assert counts == expected
    labels = sampler.labels
    for half in sampler.halves:
        for modality, part in enumerate(half):
            for label, rows in part.items():
                assert (labels[rows] == label).all()
                assert np.isin(rows, sampler.of_modality[modality]).all()


def test_split_depends_on_its_own_seed_alone():
    first = images_of(make(seed=0).halves[0])
    assert images_of(make(seed=1).halves[0]) == first
    assert images_of(make(split_seed=1).halves[0]) != first


def test_batches_alternate_between_the_halves():
    sampler = make(num_batches=7)
    halves = [images_of(half) for half in sampler.halves]
    for epoch in range(3):
        sampler.sampler.set_epoch(epoch)
        batches = list(sampler)
        assert len(batches) == len(sampler) == 7
        for number, batch in enumerate(batches):
            assert sampler.half_of(number) == number % 2
            assert set(batch) <= halves[number % 2]
            assert len(batch) == 8
            labels = sampler.labels[batch]
            assert labels[:4].tolist() == labels[4:].tolist()
            assert sampler.of_modality[0][-1] < min(batch[4:])


def test_warm_up_draws_from_the_training_half():
    sampler = make(num_batches=6)
    sampler.alternating = False
    assert set(np.ravel(list(sampler))) <= images_of(sampler.halves[0])
    assert sampler.half_of(3) == 0


def test_an_epoch_passes_both_halves():
    sampler = make(((8, 8),) * 6)
    assert len(sampler) == 2 * (48 // 8 + 1)
    seen = set(np.ravel(list(sampler)).tolist())
    assert seen == set(range(96))


def test_same_epoch_same_batches_other_epoch_others():
    batches = []
    for epoch in (0, 0, 1):
        sampler = make()
        sampler.sampler.set_epoch(epoch)
        batches.append(list(sampler))
    assert batches[0] == batches[1] != batches[2]


def test_processes_share_halves_and_differ_in_identities(monkeypatch):
    shares = []
    for rank in range(2):
        sampler = make(((6, 6),) * 6)
        monkeypatch.setattr(sampler.sampler, 'rank', rank)
        monkeypatch.setattr(sampler.sampler, 'world_size', 2)
        shares.append((images_of(sampler.halves[1]), list(sampler)))
    assert shares[0][0] == shares[1][0]
    for first, second in zip(shares[0][1], shares[1][1], strict=True):
        labels = sampler.labels
        assert not set(labels[first]) & set(labels[second])


@pytest.mark.parametrize(
    ('counts', 'name'), [((4, 1), 'infrared'), ((1, 4), 'visible')]
)
def test_an_identity_with_one_image_is_refused(counts, name):
    with pytest.raises(ValueError, match=rf'1 of 4 .* single {name} .*\[2\]'):
        make(((4, 4), (4, 4), counts, (4, 4)))


def test_official_draws_stay_in_their_half():
    sampler = make(replace='official', num_batches=4)
    halves = [images_of(half) for half in sampler.halves]
    for number, batch in enumerate(sampler):
        assert set(batch) <= halves[number % 2]
