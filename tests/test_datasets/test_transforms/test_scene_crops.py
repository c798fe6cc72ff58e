# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope

from mmvireid.datasets.transforms.person_search import (
    BBoxSafeCrop,
    FocusedCrop,
)
from mmvireid.datasets.transforms.person_search.focused_crop import (
    choose_start,
)
from mmvireid.datasets.transforms.person_search.instances import (
    visible_share,
)


@pytest.fixture(autouse=True)
def _seed():
    init_default_scope('mmvireid')
    np.random.seed(0)


def test_visible_share():
    boxes = torch.tensor(
        [
            [10.0, 10, 20, 30],
            [-5, 0, 5, 10],
            [95, 45, 105, 55],
            [120, 0, 130, 10],
            [-10, -10, 110, 60],
            [5, 5, 5, 9],
        ]
    )
    expected = [1, 0.5, 0.25, 0, 5000 / 8400, 0]
    np.testing.assert_allclose(
        visible_share(boxes, (50, 100)), expected, rtol=1e-6
    )


@pytest.mark.parametrize('crop', [FocusedCrop, BBoxSafeCrop])
@pytest.mark.parametrize('size', [(60, 80), (400, 300), (20, 15)])
def test_crops_keep_what_can_be_seen(scene, check_contents, crop, size):
    high, wide = size
    boxes = np.array(
        [(0.1, 0.3, 0.4, 0.8), (0.6, 0.1, 0.9, 0.7), (0, 0, 0.2, 0.2)]
    ) * (wide, high, wide, high)
    transform = crop(32)
    for _ in range(50):
        results = transform(scene(size, boxes.round().tolist()))
        assert results['img'].shape == (32, 32, 3)
        assert len(results['gt_bboxes']) >= 1
        check_contents(results)


def test_focused_crop_is_about_a_known_person(scene):
    # 1 is known; the crop is too small for any other
    boxes = [(5, 5, 15, 30), (150, 60, 165, 95), (80, 10, 90, 40)]
    transform = FocusedCrop(40)
    lefts = set()
    for _ in range(200):
        results = transform(scene((120, 200), boxes))
        assert results['gt_person_ids'].tolist() == [1]
        x1, y1, x2, y2 = results['gt_bboxes'].tensor[0].tolist()
        assert (x2 - x1, y2 - y1) == (15, 35)  # nothing is scaled
        lefts.add(round(x1))
    assert lefts == {*range(26)}  # every place where it fits


def test_focused_crop_without_known_persons_or_any(scene):
    transform = FocusedCrop(40)
    results = transform(scene((120, 200), [(5, 5, 15, 30)]))
    assert results['gt_person_ids'].tolist() == [0]
    results = transform(scene((50, 100), []))
    assert results['img'].shape == (40, 40, 3)
    assert len(results['gt_bboxes']) == 0


def test_focused_crop_of_a_person_larger_than_it(scene):
    results = FocusedCrop(32)(scene((200, 200), [(50, 20, 90, 148)]))
    x1, y1, x2, y2 = results['gt_bboxes'].tensor[0].tolist()
    assert (y1, y2) == (0, 32)
    assert x2 - x1 == pytest.approx(10)


def test_focused_crop_bounds_against_the_rule():
    full = np.random.randint(20, 90, 500)
    for width in full.tolist():
        start = np.random.uniform(0, width - 5)
        stop = np.random.uniform(start + 1, width)
        side = int(max(30, stop - start))
        low = min(int(start), int(max(0, stop - side)))
        high = max(low, int(np.floor(min(width - side, start))))
        draw = np.random.uniform()
        found = choose_start(start, stop, side, width, draw)
        assert low <= found <= high


def test_safe_crop_holds_all_boxes_but_their_rims():
    boxes = [(20, 30, 40, 70), (60, 10, 80, 60)]
    transform = BBoxSafeCrop(50)
    found = []
    for _ in range(300):
        region = transform.choose_region(
            (100, 120),
            np.array(boxes, float),
            np.array([True, False]),
            np.random.uniform(size=4),
        )
        found.append(region)
    left, top, right, bottom = np.array(found).T
    assert left.min() == 0
    assert left.max() == 21  # 22 and not beyond, to whole pixels
    assert top.max() == 14
    assert right.min() == 79
    assert right.max() == 120
    assert bottom.min() == 67
    assert bottom.max() == 100


def test_safe_crop_without_boxes_keeps_most_of_the_scene():
    transform = BBoxSafeCrop(50)
    none = np.zeros((0, 4))
    for _ in range(100):
        left, top, right, bottom = transform.choose_region(
            (100, 200),
            none,
            none[:, 0].astype(bool),
            np.random.uniform(size=4),
        )
        assert 90 <= bottom - top <= 100
        assert 180 <= right - left <= 200
        assert left >= 0
        assert top >= 0
        assert right <= 200
        assert bottom <= 100


@pytest.mark.parametrize(
    ('make', 'message'),
    [
        (lambda: FocusedCrop(0), 'crop_size must be positive'),
        (lambda: FocusedCrop(9, min_visibility=1.0), 'min_visibility'),
        (lambda: BBoxSafeCrop(9, erosion=0.5), 'erosion'),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_same_seed_same_crops(scene):
    def draw():
        np.random.seed(3)
        results = FocusedCrop(20)(scene())
        return results['img']

    np.testing.assert_array_equal(draw(), draw())
