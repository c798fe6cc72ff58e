# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.registry import init_default_scope

from mmvireid.datasets.transforms.person_search import (
    BBoxSafeCrop,
    FocusedCrop,
    LoadPersonAnnotations,
    PackPersonSearchInputs,
    PadToCrop,
    RandomScale,
    WindowResize,
)
from mmvireid.datasets.transforms.person_search.focused_crop import (
    choose_start,
)
from mmvireid.datasets.transforms.person_search.instances import (
    INSTANCE_KEYS,
    visible_share,
)


@pytest.fixture(autouse=True)
def _seed():
    init_default_scope('mmvireid')
    np.random.seed(0)


def scene(size=(60, 80), boxes=((10, 20, 30, 50), (50, 5, 70, 45))) -> dict:
    """Make a scene whose every box is filled with its person's number."""
    image = np.zeros((*size, 3), np.uint8)
    instances = []
    for i, (x1, y1, x2, y2) in enumerate(boxes):
        image[int(y1) : int(y2), int(x1) : int(x2)] = 100 + i
        instances.append(
            dict(
                bbox=[x1, y1, x2, y2],
                bbox_label=0,
                ignore_flag=0,
                person_id=i,
                is_known=i % 2 == 1,
            )
        )
    results = dict(
        img=image,
        img_shape=size,
        ori_shape=size,
        height=size[0],
        width=size[1],
        img_id=3,
        img_path='x.jpg',
        cam_id=2,
        modality=1,
        instances=instances,
    )
    return LoadPersonAnnotations()(results)


def check_contents(results: dict) -> None:
    """Boxes lie in the image and around what was drawn for them."""
    height, width = results['img'].shape[:2]
    assert tuple(results['img_shape']) == (height, width)
    count = len(results['gt_bboxes'])
    assert all(len(results[key]) == count for key in INSTANCE_KEYS)
    for box, person, known in zip(
        results['gt_bboxes'].tensor.numpy(),
        results['gt_person_ids'],
        results['gt_is_known'],
        strict=True,
    ):
        assert known == person % 2
        assert (box >= 0).all()
        assert (box <= (width, height, width, height)).all()
        x, y = int((box[0] + box[2]) / 2), int((box[1] + box[3]) / 2)
        assert results['img'][y, x, 0] == 100 + person


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((1080, 1920), (844, 1500)),
        ((800, 600), (1200, 900)),
        ((900, 1500), (900, 1500)),
        ((10, 40), (375, 1500)),
    ],
)
def test_window_resize(size, expected):
    results = scene(size, [(0, 0, size[1], size[0])])
    results = WindowResize()(results)
    assert results['img'].shape == (*expected, 3)
    height, width = expected
    np.testing.assert_allclose(
        results['gt_bboxes'].tensor, [[0, 0, width, height]], rtol=1e-5
    )
    factor = (width / size[1], height / size[0])
    assert results['scale_factor'] == pytest.approx(factor)


def test_window_needs_sides_in_order():
    with pytest.raises(ValueError, match='at most long_side'):
        WindowResize(1500, 900)


def test_random_scale_is_uniform_in_its_range():
    transform = RandomScale()
    factors = []
    for _ in range(300):
        results = transform(scene((30, 40), [(4, 6, 20, 18)]))
        factors.append(results['img'].shape[1] / 40)
        np.testing.assert_allclose(
            results['gt_bboxes'].tensor[0].numpy(),
            np.array([4, 6, 20, 18]) * np.tile(results['scale_factor'], 2),
            rtol=1e-5,
        )
    assert 0.5 <= min(factors) < 0.56
    assert 1.93 < max(factors) <= 2.0
    assert np.mean(factors) == pytest.approx(1.25, abs=0.08)
    with pytest.raises(ValueError, match='ascending'):
        RandomScale((2.0, 0.5))


def test_padding_is_around_and_only_where_needed():
    results = scene()
    before = results['gt_bboxes'].tensor.clone()
    results = PadToCrop(25, factor=3)(results)  # 75 x 75
    assert results['img'].shape == (75, 80, 3)
    check_contents(results)
    moved = results['gt_bboxes'].tensor - before
    assert (moved == torch.tensor([0, 7, 0, 7])).all()
    assert (results['img'][:7] == (104, 116, 124)).all()
    assert (results['img'][67:] == (104, 116, 124)).all()
    large = scene()
    image = large['img']
    assert PadToCrop(10)(large)['img'] is image


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
def test_crops_keep_what_can_be_seen(crop, size):
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


def test_focused_crop_is_about_a_known_person():
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


def test_focused_crop_without_known_persons_or_any():
    transform = FocusedCrop(40)
    results = transform(scene((120, 200), [(5, 5, 15, 30)]))
    assert results['gt_person_ids'].tolist() == [0]
    results = transform(scene((50, 100), []))
    assert results['img'].shape == (40, 40, 3)
    assert len(results['gt_bboxes']) == 0


def test_focused_crop_of_a_person_larger_than_it():
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


@pytest.mark.parametrize('boxes', [[], [(10, 20, 30, 50), (50, 5, 70, 45)]])
def test_packing(boxes):
    packed = PackPersonSearchInputs()(scene(boxes=boxes))
    assert packed['inputs'].shape == (3, 60, 80)
    assert packed['inputs'].dtype == torch.uint8
    sample = packed['data_samples']
    found = sample.gt_instances
    count = len(boxes)
    assert type(found.bboxes) is torch.Tensor
    assert found.bboxes.shape == (count, 4)
    assert found.bboxes.dtype == torch.float32
    assert found.labels.tolist() == [0] * count
    assert found.labels.dtype == found.person_ids.dtype == torch.int64
    assert found.person_ids.tolist() == [*range(count)]
    assert found.is_known.tolist() == [False, True][:count]
    assert found.is_known.dtype == torch.bool
    meta = dict(sample.metainfo_items())
    assert meta == dict(
        img_id=3,
        img_path='x.jpg',
        ori_shape=(60, 80),
        img_shape=(60, 80),
        scale_factor=(1.0, 1.0),
        cam_id=2,
        modality=1,
        flip=False,
    )


def test_whole_pipeline_keeps_boxes_and_persons_together():
    pipeline = Compose(
        [
            RandomScale(),
            PadToCrop(32, factor=4),
            dict(
                type='RandomChoice',
                transforms=[
                    [dict(type='FocusedCrop', crop_size=32)],
                    [dict(type='BBoxSafeCrop', crop_size=32)],
                ],
            ),
            dict(type='mmdet.RandomFlip', prob=0.5),
        ]
    )
    flips = set()
    for _ in range(60):
        results = pipeline(scene())
        assert results['img'].shape == (32, 32, 3)
        check_contents(results)
        packed = PackPersonSearchInputs()(results)
        flips.add(packed['data_samples'].flip)
    assert flips == {True, False}


def test_same_seed_same_crops():
    def draw():
        np.random.seed(3)
        results = FocusedCrop(20)(scene())
        return results['img']

    np.testing.assert_array_equal(draw(), draw())


def test_boxes_beyond_the_image_are_clipped():
    results = scene(boxes=[(-10, -10, 20, 90)])
    results = WindowResize(30, 40)(results)
    np.testing.assert_allclose(
        results['gt_bboxes'].tensor, [[0, 0, 10, 30]], atol=1e-5
    )
    assert isinstance(results['gt_bboxes'], HorizontalBoxes)
