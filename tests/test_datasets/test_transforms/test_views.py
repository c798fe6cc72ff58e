# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import numpy as np
import pytest
import torch

from mmvireid.datasets import collate_views
from mmvireid.datasets.transforms import (
    ForModality,
    PackCrossModalityInputs,
    Views,
)

PACK = dict(type='PackCrossModalityInputs')


def paint(value: int):
    def transform(results: dict) -> dict:
        results['img'][:2] = value
        return results

    return transform


def sample(modality: int) -> dict:
    return dict(
        img=np.full((6, 4, 3), 7, dtype=np.uint8),
        modality=modality,
        pid=3,
        cam_id=1,
        gt_label=0,
        sample_idx=9,
        img_path='a.jpg',
    )


def test_for_modality_takes_the_right_branch():
    transform = ForModality(visible=[paint(1)], infrared=[paint(2)])
    assert transform(sample(0))['img'][0, 0, 0] == 1
    assert transform(sample(1))['img'][0, 0, 0] == 2
    assert ForModality()(sample(1))['img'][0, 0, 0] == 7


def test_views_do_not_share_pixels():
    first, second = Views([[paint(1), PACK], [PACK]])(sample(0))
    assert first['inputs'][0, 0, 0] == 1
    assert (second['inputs'] == 7).all()
    assert first['data_samples'].modality == 0


def test_views_may_take_both_paths():
    packed = Views([[PACK], [PACK]], modalities=(0, 1))(sample(0))
    assert [s['data_samples'].modality for s in packed] == [0, 1]
    assert [s['data_samples'].pid for s in packed] == [3, 3]


def test_two_views_of_visible_images_only():
    transform = ForModality(
        visible=[Views([[PACK], [paint(1), PACK]])], infrared=[PACK]
    )
    batch = collate_views([transform(sample(m)) for m in (0, 1, 0)])
    assert [s.modality for s in batch['data_samples']] == [0, 0, 1, 0, 0]
    values = [int(image[0, 0, 0]) for image in batch['inputs']]
    assert values == [7, 1, 7, 7, 1]


def test_mistakes_are_told():
    with pytest.raises(ValueError, match='each of its 2 pipelines'):
        Views([[PACK], [PACK]], modalities=(0,))
    with pytest.raises(TypeError, match='PackCrossModalityInputs'):
        Views([[paint(1)], [PACK]])(sample(0))
    assert Views([[lambda results: None]])(sample(0)) is None


@pytest.mark.parametrize('dtype', [np.uint8, np.float32])
@pytest.mark.parametrize('channels', [1, 3])
def test_pack_takes_any_view_of_an_image(dtype, channels):
    img = (np.random.rand(9, 7, channels) * 255).astype(dtype)
    views = [
        img,
        img[:, ::-1],
        img[::-1],
        img[2:7, 1:5],
        img[2:7, 1:5][::-1, ::-1],
        img[..., ::-1],
    ]
    for view in views:
        packed = PackCrossModalityInputs()(dict(sample(0), img=view))
        expected = torch.from_numpy(view.transpose(2, 0, 1).copy())
        assert torch.equal(packed['inputs'], expected)
        assert packed['data_samples'].img_shape == view.shape[:2]
