# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
from pathlib import Path

import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmdet.datasets.transforms import Resize
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmvireid.datasets.transforms.person_search import (
    PackPersonSearchInputs,
    PadToCrop,
    RandomScale,
)
from mmvireid.registry import TRANSFORMS

PIPELINES = (
    Path(__file__).parents[3]
    / 'configs/_base_/datasets/pipelines_scenes_512.py'
)


@pytest.fixture(autouse=True)
def _seed():
    init_default_scope('mmvireid')
    np.random.seed(0)


def test_random_scale_is_uniform_in_its_range(scene):
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
    released = RandomScale((1.5, 3.0))
    widths = [released(scene((30, 40), []))['img'].shape[1] for _ in range(99)]
    assert 60 <= min(widths) < 66
    assert 112 < max(widths) <= 120
    with pytest.raises(ValueError, match='ascending'):
        RandomScale((2.0, 0.5))


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((1080, 1920), (844, 1500)),  # the long side is the limit
        ((576, 720), (900, 1125)),  # the short side
    ],
)
def test_window_of_tests(scene, size, expected):
    """Supplement, Sec. 8: the short side to 900, the long one up to 1500."""
    pipelines = Config.fromfile(PIPELINES)
    resize = TRANSFORMS.build(pipelines.wrs_900[2])
    assert resize(scene(size, []))['img'].shape[:2] == expected


def test_padding_is_around_and_only_where_needed(scene, check_contents):
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


@pytest.mark.parametrize('boxes', [[], [(10, 20, 30, 50), (50, 5, 70, 45)]])
def test_packing(scene, boxes):
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


def test_whole_pipeline_keeps_boxes_and_persons_together(
    scene, check_contents
):
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


def test_boxes_beyond_the_image_are_clipped(scene):
    results = scene(boxes=[(-10, -10, 20, 90)])
    results = Resize(scale=(40, 30), keep_ratio=True)(results)
    np.testing.assert_allclose(
        results['gt_bboxes'].tensor, [[0, 0, 10, 30]], atol=1e-5
    )
    assert isinstance(results['gt_bboxes'], HorizontalBoxes)
