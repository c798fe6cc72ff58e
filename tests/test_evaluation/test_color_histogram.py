import shutil

import numpy as np
import pytest

from mmvireid.datasets.toy import render_sysu
from mmvireid.evaluation.color_histogram import (
    color_histogram,
    color_histogram_baseline,
)


@pytest.mark.parametrize('space', ['rgb', 'hsv', 'gray'])
def test_histograms_count_pixels_by_stripe(space):
    image = np.zeros((12, 4, 3), np.uint8)
    image[:6] = (10, 200, 90)
    whole = color_histogram(image, space)
    assert whole.sum() == pytest.approx(1)
    assert sorted(whole[whole > 0]) == pytest.approx([0.5, 0.5])
    halves = color_histogram(image, space, stripes=2).reshape(2, -1)
    assert sorted(halves[halves > 0]) == pytest.approx([0.5, 0.5])
    assert (halves > 0).sum(1).tolist() == [1, 1]
    np.testing.assert_allclose(halves.sum(0), whole)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    root = tmp_path_factory.mktemp('toy')
    render_sysu(
        root, train_ids=1, test_ids=5, images_per_camera=2, size=(48, 24)
    )
    return root


def test_chance_is_one_over_the_identities(toy):
    report = color_histogram_baseline(toy)
    assert report.chance == pytest.approx(20.0)
    assert all(0 <= rank1 <= 100 for rank1 in report.rank1.values())
    assert report.best[1] == max(report.rank1.values())


def test_identical_images_are_matched(toy, tmp_path):
    leak = tmp_path / 'leak'
    shutil.copytree(toy, leak)
    test = (leak / 'exp' / 'test_id.txt').read_text().split(',')
    for pid in test:
        source = leak / 'cam1' / f'{int(pid):04d}' / '0001.jpg'
        for cam in range(1, 7):
            for name in ('0001.jpg', '0002.jpg'):
                target = leak / f'cam{cam}' / f'{int(pid):04d}' / name
                if target != source:
                    shutil.copy(source, target)
    assert color_histogram_baseline(leak).best[1] == pytest.approx(100.0)
