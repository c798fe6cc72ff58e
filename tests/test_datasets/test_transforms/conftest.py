"""Scenes to transform, and what must hold of them afterwards."""

from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture
def scene() -> Callable:
    """Make a scene whose every box is filled with its person's number."""
    return make_scene


@pytest.fixture
def check_contents() -> Callable:
    """Check that boxes lie around what was drawn for them."""
    return check


def make_scene(
    size=(60, 80), boxes=((10, 20, 30, 50), (50, 5, 70, 45))
) -> dict:
    # not above: mmdet takes seconds, and most tests here do without
    from mmvireid.datasets.transforms.person_search import (
        LoadPersonAnnotations,
    )

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


def check(results: dict) -> None:
    from mmvireid.datasets.transforms.person_search.instances import (
        INSTANCE_KEYS,
    )

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
