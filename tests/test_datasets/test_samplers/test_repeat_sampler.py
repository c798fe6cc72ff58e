import pytest

from mmvireid.datasets.samplers import RepeatSampler


def test_views_of_an_image_follow_one_another():
    sampler = RepeatSampler(range(7), repeats=2, shuffle=True, seed=0)
    drawn = list(sampler)
    assert len(sampler) == len(drawn) == 14
    assert drawn[::2] == drawn[1::2]
    assert sorted(drawn[::2]) == [*range(7)]
    assert drawn[::2] != [*range(7)]
    sampler.set_epoch(1)
    assert list(sampler) != drawn


def test_processes_share_images_but_not_views(monkeypatch):
    parts = []
    for rank in range(2):
        monkeypatch.setattr(
            'mmengine.dataset.sampler.get_dist_info', lambda r=rank: (r, 2)
        )
        sampler = RepeatSampler(range(6), repeats=3, seed=0)
        parts.append(list(sampler))
        assert len(parts[-1]) == len(sampler) == 9
    assert sorted(parts[0] + parts[1]) == sorted([*range(6)] * 3)
    assert not set(parts[0]) & set(parts[1])


def test_no_view_is_too_few():
    with pytest.raises(ValueError, match='at least 1, but is 0'):
        RepeatSampler(range(3), repeats=0)
