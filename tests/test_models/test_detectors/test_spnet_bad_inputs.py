"""Scenes and options that are odd or wrong."""

import pytest
import torch
from mmdet.structures import DetDataSample
from mmengine.logging import MMLogger
from tiny_spnet import (
    DIM,
    build,
    collate,
    config,
    losses_of,
    predict,
    query_path,
    scene,
    total_of,
)

from mmvireid.registry import MODELS

PATHS = dict(object=None, query=query_path())
QUEUE = dict(loss_reid=dict(type='MomentumQueueLoss', queue_size=16))
CASES = dict(
    no_box_at_all=[[], []],
    no_box_in_one=[[], [0, 1]],
    twice_the_same_person=[[0, 0, 1, 1], [0]],
    one_box=[[2], []],
    unknown_persons_only=[[4, 5], [6]],
)


@pytest.mark.parametrize('path', PATHS)
@pytest.mark.parametrize('case', CASES)
@pytest.mark.parametrize('backbone', ['convnext', 'resnet'])
def test_trains(path, case, backbone):
    model = build(backbone, head=PATHS[path], roi=QUEUE, teacher_momentum=0.9)
    scenes = [scene(ids, img_id=i) for i, ids in enumerate(CASES[case])]
    total = total_of(model, *scenes)
    total.backward()
    assert total.isfinite()
    for parameter in model.parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all()
    assert all(b.isfinite().all() for b in model.buffers())


@pytest.mark.parametrize('ids', [[], [0], [0, 0]])
def test_trains_refinements_on_a_single_scene(ids):
    model = build(num_refinements=2, roi=dict(shared=False))
    total = total_of(model, scene(ids))
    total.backward()
    assert total.isfinite()


def test_fewer_anchors_than_candidates():
    model = build(test_cfg=dict(score_thr=-1.0, candidates=10**6))
    (sample,) = predict(model, scene([0], size=(8, 8)))
    assert len(sample.pred_instances) > 0


def test_nothing_found():
    model = build(test_cfg=dict(score_thr=1.0), num_refinements=2)
    (sample,) = predict(model, scene([]))
    assert sample.pred_instances.bboxes.shape == (0, 4)
    assert sample.pred_instances.embeddings.shape == (0, DIM)
    assert sample.gt_instances.embeddings.shape == (0, DIM)


def test_searching_for_nobody():
    model = build(test_cfg=dict(score_thr=-1.0)).eval()
    batch = model.data_preprocessor(collate(scene([0])))
    (sample,) = model.search(
        **batch, queries=dict(locate=torch.zeros(0, DIM)),
        query_indices=[torch.zeros(0).long()],
    )  # fmt: skip
    assert len(sample.pred_instances) == 0
    assert sample.pred_instances.query_index.shape == (0,)


def test_a_scene_without_annotations_is_searched():
    model = build(test_cfg=dict(score_thr=-1.0))
    image = scene([])['inputs']
    sample = DetDataSample(metainfo=dict(img_shape=image.shape[1:]))
    (found,) = predict(model, dict(inputs=image, data_samples=sample))
    assert len(found.pred_instances) > 0
    assert 'gt_instances' not in found


def test_boxes_without_persons_are_refused():
    one = scene([0])
    del one['data_samples'].gt_instances.person_ids
    with pytest.raises(ValueError, match='person_ids.*PackPersonSearch'):
        losses_of(build(), one)


def test_an_unknown_modality_is_refused():
    with pytest.raises(ValueError, match='modality of a scene is 0 .*is 3'):
        losses_of(build(), scene([0], modality=3))


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(head=query_path(), num_refinements=1), 'query-centric'),
        (dict(roi=dict(reid_dim=2 * DIM)), 'roi_head.shared=False'),
        (dict(roi=dict(norm='rms')), 'norm must be one of'),
        (dict(test_path='both'), 'test_path must be one of'),
        (dict(test_path='query', num_refinements=1), 'cannot search by'),
        (dict(teacher_momentum=0.1), 'share of the old weights'),
        (dict(num_identities=None), 'num_identities is None'),
        (dict(specific=['stages.3']), 'earlier stages'),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        build(**options)


def test_an_unknown_backbone_is_refused():
    cfg = config()
    cfg['backbone']['backbone'] = dict(
        type='mmpretrain.MobileNetV3', out_indices=(3, 8, 12)
    )
    with pytest.raises(TypeError, match='ConvNeXt, ResNet and Swin, but not'):
        MODELS.build(cfg)


def test_refinements_cannot_search_by_queries():
    model = build(num_refinements=1).eval()
    batch = model.data_preprocessor(collate(scene([0])))
    with pytest.raises(ValueError, match="test_path='object'"):
        model.search(
            **batch, queries=dict(locate=torch.zeros(1, DIM)),
            query_indices=[torch.tensor([0])],
        )  # fmt: skip


@pytest.mark.parametrize('trained', ['object', 'query'])
def test_testing_by_the_other_path_is_said(trained, caplog):
    head = query_path() if trained == 'query' else None
    other = {'object': 'query', 'query': 'object'}[trained]
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    try:
        build(head=head, test_path=trained)
        assert 'test_path' not in caplog.text
        build(head=head, test_path=other)
        assert f"test_path is '{other}'" in caplog.text
    finally:
        logger.removeHandler(caplog.handler)


def test_a_queue_needs_a_teacher():
    with pytest.raises(ValueError, match='teacher_momentum'):
        losses_of(build(roi=QUEUE), scene([0]))
