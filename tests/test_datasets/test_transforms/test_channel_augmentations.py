# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from collections import Counter

import numpy as np
import pytest

from mmvireid.datasets.transforms import ChannelAdaptiveGray, ChannelExchange

MEAN = np.array([123.675, 116.28, 103.53])
STD = np.array([58.395, 57.12, 57.375])
GRAY = np.array([0.2989, 0.5870, 0.1140])


@pytest.fixture(autouse=True)
def _seed():
    np.random.seed(0)


@pytest.fixture
def img():
    return np.random.randint(0, 256, (12, 8, 3), dtype=np.uint8)


def normalize(bgr: np.ndarray) -> np.ndarray:
    """Return normalised RGB in float64."""
    return (bgr[..., ::-1].astype(np.float64) - MEAN) / STD


def classify(out: np.ndarray, img: np.ndarray) -> int:
    """Tell which of red, green, blue, gray, nothing was applied."""
    for channel in range(3):
        if np.array_equal(out, np.repeat(img[..., 2 - channel, None], 3, 2)):
            return channel
    return 4 if np.array_equal(out, img) else 3


def frequencies(transform, img, draws: int) -> dict:
    counts = Counter(
        classify(transform(dict(img=img))['img'], img) for _ in range(draws)
    )
    return {key: count / draws for key, count in counts.items()}


def test_adaptive_gray_frequencies(img):
    found = frequencies(ChannelAdaptiveGray(), img, 20000)
    expected = {0: 0.25, 1: 0.25, 2: 0.25, 3: 0.125, 4: 0.125}
    assert found == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize('gray', [False, True])
def test_exchange_frequencies(img, gray):
    found = frequencies(ChannelExchange(gray=gray), img, 5000)
    choices = 4 if gray else 3
    expected = dict.fromkeys(range(choices), 1 / choices)
    assert found == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize('choice', range(5))
def test_pixel_form(img, choice, monkeypatch):
    transform = ChannelAdaptiveGray()
    monkeypatch.setattr(transform, 'random_choice', lambda: choice)
    original = img.copy()
    out = transform(dict(img=img))['img']
    assert out.dtype == np.uint8
    assert np.array_equal(img, original)
    rgb = img[..., ::-1].astype(np.float64)
    if choice == 4:
        assert np.array_equal(out, img)
    else:
        plane = rgb @ GRAY if choice == 3 else rgb[..., choice]
        # OpenCV rounds in fixed point
        assert np.abs(out - plane[..., None]).max() <= 0.6
        assert (out == out[..., :1]).all()


@pytest.mark.parametrize('choice', range(4))
def test_normalized_form_is_the_released_one(img, choice, monkeypatch):
    transform = ChannelExchange(gray=True, normalized=True)
    monkeypatch.setattr(transform, 'random_choice', lambda: choice)
    out = normalize(transform(dict(img=img))['img'])
    tensor = normalize(img)
    plane = tensor @ GRAY if choice == 3 else tensor[..., choice]
    assert np.abs(out - plane[..., None]).max() < 1e-5


def test_pixel_form_stays_within_the_stated_distance(img, monkeypatch):
    extremes = np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)
    for choice in range(4):
        plain, exact = ChannelExchange(), ChannelExchange(normalized=True)
        for transform in (plain, exact):
            monkeypatch.setattr(transform, 'random_choice', lambda c=choice: c)
        for image in (img, extremes):
            a = normalize(plain(dict(img=image))['img'])
            b = normalize(exact(dict(img=image))['img'])
            assert np.abs(a - b).max() <= 0.42


def test_probability_out_of_range():
    with pytest.raises(ValueError, match=r'in \[0, 1\]'):
        ChannelAdaptiveGray(prob=1.5)
