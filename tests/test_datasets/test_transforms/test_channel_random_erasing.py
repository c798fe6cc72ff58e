# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import numpy as np
import pytest

from mmvireid.datasets.transforms import ChannelRandomErasing

MEAN = np.array([123.675, 116.28, 103.53])
STD = np.array([58.395, 57.12, 57.375])


@pytest.fixture(autouse=True)
def _seed():
    np.random.seed(0)


def erase(transform, dtype=np.uint8) -> np.ndarray:
    return transform(dict(img=np.zeros((288, 144, 3), dtype=dtype)))['img']


@pytest.mark.parametrize(
    ('dtype', 'tolerance'), [(np.uint8, 0.009), (np.float32, 1e-5)]
)
def test_fill_is_that_of_the_released_code(dtype, tolerance):
    img = erase(ChannelRandomErasing(erase_prob=1.0), dtype)
    pixels = img[img.any(axis=2)].astype(np.float64)
    normalized = (pixels[:, ::-1] - MEAN) / STD
    expected = (0.4914, 0.4822, 0.4465)
    assert np.abs(normalized - expected).max() <= tolerance


def test_area_aspect_and_frequency():
    transform = ChannelRandomErasing()
    erased, ratios = 0, []
    for _ in range(1500):
        mask = erase(transform).any(axis=2)
        if mask.any():
            erased += 1
            height = mask.any(axis=1).sum()
            width = mask.any(axis=0).sum()
            assert mask.sum() == height * width
            ratios.append((height * width / mask.size, height / width))
    assert erased / 1500 == pytest.approx(0.5, abs=0.04)
    areas, aspects = np.array(ratios).T
    assert 0.018 < areas.min() < 0.04
    assert 0.36 < areas.max() < 0.41
    assert 0.28 < aspects.min() < 0.5
    # uniform in the ratio, not in its logarithm: the median of the latter
    # would be 1
    assert 1.5 < np.median(aspects) < 2.1


def test_no_box_that_fits():
    transform = ChannelRandomErasing(
        erase_prob=1.0, aspect_range=(100.0, 101.0), max_tries=3
    )
    assert not erase(transform).any()
