"""The whole detector: losses, gradients, predictions, searches."""

from copy import deepcopy

import pytest
import torch
import torch.nn.functional as F
from tiny_spnet import (
    DIM,
    build,
    collate,
    losses_of,
    predict,
    query_path,
    scene,
    total_of,
)
from torchvision.ops import nms

from mmvireid.models.roi_heads.person_roi_head import embed_rois

SEPARATE = dict(shared=False)
QUEUE = dict(loss_reid=dict(type='MomentumQueueLoss', queue_size=16))
MEMORY = dict(type='ClassifierMemory', num_classes=10)
FIRST = {'loss_anchor', 'loss_box', 'loss_reid'}
LATER = {f'loss_{kind}_{i}' for kind in ('class', 'box') for i in (1, 2)}
#: name -> (options, names of its losses, parts that get no gradient)
KINDS = dict(
    object=(dict(), FIRST, ()),
    query=(dict(head=query_path()), FIRST, ('bridge',)),
    refined=(dict(num_refinements=2), FIRST | LATER, ()),
    separate=(
        dict(num_refinements=2, roi=SEPARATE), FIRST | LATER, ()
    ),
    separate_query=(
        dict(head=query_path(), roi=SEPARATE), FIRST, ('bridge',)
    ),
    separate_object=(dict(roi=SEPARATE), FIRST, ('locate',)),
    teacher=(
        dict(head=query_path(), roi=QUEUE, teacher_momentum=0.99),
        FIRST, ('bridge',),
    ),
    memory=(dict(memory=MEMORY), FIRST | {'loss_memory'}, ()),
    reid_only=(
        dict(reid_only=True), {'loss_reid'},
        ('bbox_head', 'neck.fpn_convs', 'neck.lateral'),
    ),
    gt_only=(dict(roi=dict(gt_only=True)), FIRST, ()),
    wide=(
        dict(roi=dict(shared=False, norm='layernorm')), FIRST, ('locate',)
    ),
    batch_norm_logits=(
        dict(head=dict(logits=dict(type='BatchNormLogits'))), FIRST, ()
    ),
    positive=(
        dict(head=dict(logits=dict(type='FixedNormLogits', positive=True))),
        FIRST, (),
    ),
    resnet=(dict(backbone='resnet'), FIRST, ()),
    swin=(dict(backbone='swin'), FIRST, ()),
)  # fmt: skip


def scenes():
    return (
        scene([0, 1, 7], img_id=0), scene([1, 2], img_id=1),
        scene([0], img_id=2),
    )  # fmt: skip


@pytest.mark.parametrize('kind', KINDS)
def test_losses_and_gradients(kind):
    options, names, without = KINDS[kind]
    model = build(**options)
    # the first table is empty, and its loss has no gradient
    losses_of(model, *scenes())
    losses = losses_of(model, *scenes())
    assert set(losses) == names
    total, _ = model.parse_losses(losses)
    assert total.item() == pytest.approx(
        sum(v.item() for v in losses.values())
    )
    total.backward()
    missing = {
        name
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and parameter.grad is None
    }
    assert all(any(part in name for part in without) for name in missing)
    assert bool(missing) == bool(without)
    for parameter in model.parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all()


def test_first_anchor_loss_is_near_29_on_both_paths():
    for path in ('ObjectPath', 'QueryPath'):
        head = dict(dim=128, path=dict(type=path))
        model = build(head=head, roi=dict(reid_dim=128))
        # 128 dimensions: half of -z = 57.6, and what queries add to it
        loss = losses_of(model, *scenes())['loss_anchor'].item()
        assert loss == pytest.approx(29, abs=1.2)


def test_anchor_embeddings_start_at_their_prior():
    model = build()
    embedding = model.bbox_head.embedding
    assert embedding.bias.eq(embedding.bias[0]).all()
    assert embedding.bias[0].item() == pytest.approx(-4.59512, abs=1e-5)
    assert embedding.weight.std().item() == pytest.approx(0.01, rel=0.05)


def test_anchor_embeddings_are_ordered_by_level_row_column_anchor():
    model = build()
    head = model.bbox_head
    maps = [torch.randn(2, 16, 2, 3), torch.randn(2, 16, 1, 2)]
    found = head(maps)
    assert found.shape == (2, 9 * (6 + 2), DIM)
    raw = head.embedding(maps[0])
    for row, column, anchor in ((0, 0, 0), (0, 2, 4), (1, 1, 8)):
        place = (row * 3 + column) * 9 + anchor
        part = raw[1, anchor * DIM : (anchor + 1) * DIM, row, column]
        assert torch.equal(found[1, place], part)


def test_pyramid_takes_the_raw_last_map():
    model = build()
    maps = model.backbone(torch.randn(1, 3, 64, 96), 1)
    levels = model.neck(maps)
    assert [tuple(level.shape[1:]) for level in levels] == [
        (16, 8, 12), (16, 4, 6), (16, 2, 3), (16, 1, 2), (16, 1, 1),
    ]  # fmt: skip
    p6 = model.neck.fpn_convs[3](maps[-1])
    assert torch.equal(levels[3], p6)
    assert torch.equal(levels[4], model.neck.fpn_convs[4](p6.relu()))


def test_box_heads_start_from_the_backbone_but_are_not_tied():
    model = build(roi=SEPARATE, num_refinements=2)
    backbone = model.backbone.backbone
    wanted = backbone.stages[-1].state_dict()
    for head in (model.roi_head.reid, *model.roi_head.locate):
        copied = head.last_stage[1].state_dict()
        assert all(torch.equal(copied[key], wanted[key]) for key in wanted)
    own = {id(p) for p in backbone.parameters()}
    assert not own & {id(p) for p in model.roi_head.parameters()}


def test_one_stream_and_two_give_the_same_at_start():
    one = build().eval()
    two = build(specific=['downsample_layers.0']).eval()
    two.load_state_dict(one.state_dict(), strict=False)
    batch = one.data_preprocessor(
        collate(scene([0], modality=1), scene([1], modality=0, img_id=1))
    )
    for a, b in zip(
        one.extract_feat(**batch), two.extract_feat(**batch), strict=True
    ):
        assert torch.allclose(a, b, atol=1e-6)


def test_each_modality_goes_through_its_own_stem():
    model = build(specific=['downsample_layers.0']).eval()
    routed = model.backbone.routed_modules[0]
    torch.nn.init.zeros_(routed.infrared[0].weight)
    mixed = [scene([0], img_id=i, modality=m) for i, m in enumerate([1, 0, 1])]
    batch = model.data_preprocessor(collate(*mixed))
    finest = model.extract_feat(**batch)[0]
    assert torch.allclose(finest[0], finest[2], atol=1e-6)
    assert not torch.allclose(finest[0], finest[1], atol=1e-3)
    # losses do not depend on the order of a batch in which nothing is drawn
    model.roi_head.gt_only = True
    model.bbox_head.path.anchors_per_image = 10**6
    totals = [
        total_of(deepcopy(model), *order).item()
        for order in (mixed, mixed[::-1])
    ]
    assert totals[0] == pytest.approx(totals[1], rel=1e-4)


def differing_scenes():
    return [
        scene([0, 1], size=(64, 96), scale=(2.0, 2.0)),
        scene([2], size=(90, 70), img_id=1, modality=1),
        scene([], size=(64, 90), img_id=2, scale=(0.5, 0.5)),
        scene([3, 9, 1], size=(128, 40), img_id=3),
    ]


@pytest.mark.parametrize('num_refinements', [0, 2])
def test_batch_of_differing_scenes_equals_one_by_one(num_refinements):
    model = build(
        specific=['downsample_layers.0'], num_refinements=num_refinements,
        test_cfg=dict(score_thr=-1.0, candidates=40),
    )  # fmt: skip
    together = predict(model, *differing_scenes())
    for i, one in enumerate(differing_scenes()):
        assert together[i].img_id == i
        (alone,) = predict(model, one)
        a, b = together[i].pred_instances, alone.pred_instances
        assert len(a) == len(b) > 0
        for key in ('bboxes', 'scores', 'embeddings'):
            assert torch.allclose(a[key], b[key], atol=1e-4), key
        assert torch.allclose(
            together[i].gt_instances.embeddings,
            alone.gt_instances.embeddings,
            atol=1e-5,
        )


def test_predictions_are_in_original_pixels_and_normalised():
    model = build(test_cfg=dict(score_thr=-1.0))
    for one, sample in zip(
        differing_scenes(), predict(model, *differing_scenes()), strict=True
    ):
        found = sample.pred_instances
        height, width = one['data_samples'].ori_shape
        boxes = found.bboxes
        limits = boxes.new_tensor([width, height, width, height]) + 1
        assert ((boxes >= 0) & (boxes <= limits)).all()
        assert boxes.amax() > min(height, width) * 0.8
        assert found.labels.eq(0).all()
        norms = found.embeddings.norm(dim=1)
        assert torch.allclose(norms, torch.ones_like(norms), atol=1e-5)
        assert found.embeddings.dtype == torch.float32
        annotated = sample.gt_instances.embeddings
        assert annotated.shape == (len(sample.gt_instances), DIM)


def clipped(boxes, height, width):
    boxes = boxes.clone()
    boxes[:, 0::2] = boxes[:, 0::2].clamp(0, width)
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, height)
    return boxes


def test_detections_against_a_slow_loop():
    model = build(test_cfg=dict(score_thr=0.4, candidates=25)).eval()
    torch.nn.init.normal_(model.bbox_head.embedding.bias, std=1.0)
    model.bbox_head.stages[0].logits.mean = 3.5
    batch = model.data_preprocessor(collate(scene([0]), scene([1], img_id=1)))
    maps = model.extract_feat(**batch)
    head, stage = model.bbox_head, model.bbox_head.stages[0]
    embeddings = head(maps)
    anchors = head.anchors(maps, (64, 96))
    found = predict(model, scene([0]), scene([1], img_id=1))
    for n in range(2):
        offsets = stage.offsets(embeddings[n])
        scores = stage.classify(offsets).sigmoid()
        best = scores.topk(25).indices
        best = best[scores[best] > 0.4]
        deltas = stage.regress(offsets[best])
        boxes = clipped(head.coder.decode(anchors[best], deltas), 64, 96)
        keep = nms(boxes, scores[best], 0.5)
        assert 0 < len(keep) < 25
        instances = found[n].pred_instances
        assert torch.allclose(instances.bboxes, boxes[keep], atol=1e-4)
        assert torch.allclose(instances.scores, scores[best][keep])
        images = torch.full((len(keep),), n)
        embedded = F.normalize(
            model.roi_head.embed_reid(maps[0], boxes[keep], images)
        )
        assert torch.allclose(instances.embeddings, embedded, atol=1e-4)


def randomise(model):
    """Give weights that start at zero or one, and biases, some of any size."""
    torch.manual_seed(1)
    head = model.bbox_head
    torch.nn.init.normal_(head.embedding.bias, std=1.0)
    for stage in head.stages:
        torch.nn.init.normal_(stage.bridge.weight, std=0.2)
        torch.nn.init.normal_(stage.box_mlp[-1].bias, std=0.1)


@pytest.mark.parametrize('roi', [None, SEPARATE])
def test_search_against_a_slow_loop(roi):
    """Query after query, scene after scene, anchor after anchor."""
    model = build(
        head=query_path(), roi=roi, test_path='query',
        test_cfg=dict(score_thr=0.4, candidates_per_query=12),
    ).eval()  # fmt: skip
    randomise(model)
    head, stage = model.bbox_head, model.bbox_head.stages[0]
    pair = scene([0, 1]), scene([2], img_id=1)
    batch = model.data_preprocessor(collate(*pair))
    maps = model.extract_feat(**batch)
    embeddings, anchors = head(maps), head.anchors(maps, (64, 96))
    task = model.roi_head.reid if roi is None else model.roi_head.locate[0]
    queries = torch.cat([
        embed_rois(
            task, maps[0], one['data_samples'].gt_instances.bboxes,
            torch.full((len(one['data_samples'].gt_instances),), n),
        )
        for n, one in enumerate(pair)
    ])  # fmt: skip
    embedded = model.embed_queries(**batch)
    locate = torch.cat([e['locate'] for e in embedded])
    assert torch.allclose(locate, queries, atol=1e-5)
    median = (queries[:, None] - embeddings[0]).norm(dim=2).median()
    stage.logits.mean = median.item()
    wanted = [torch.tensor([2, 0]), torch.tensor([1])]
    found = model.search(
        **batch, queries=dict(locate=locate), query_indices=wanted
    )
    for n, sample in enumerate(found):
        instances = sample.pred_instances
        for query in wanted[n].tolist():
            offsets = torch.stack(
                [queries[query] - anchor for anchor in embeddings[n]]
            )
            scores = stage.logits(offsets.norm(dim=1)).sigmoid()
            best = scores.topk(12).indices
            best = best[scores[best] > 0.4]
            deltas = stage.box_mlp(offsets[best])
            boxes = clipped(head.coder.decode(anchors[best], deltas), 64, 96)
            keep = nms(boxes, scores[best], 0.5)
            assert 0 < len(keep) < 12
            here = instances.query_index == query
            assert torch.allclose(
                instances.bboxes[here], boxes[keep], atol=1e-3
            )
            assert torch.allclose(
                instances.scores[here], scores[best][keep], atol=1e-5
            )
            images = torch.full((len(keep),), n)
            reid = embed_rois(
                model.roi_head.reid, maps[0], boxes[keep], images
            )
            assert torch.allclose(
                instances.embeddings[here], F.normalize(reid), atol=1e-4
            )


@pytest.mark.parametrize('roi', [None, SEPARATE])
def test_refined_detections_against_a_slow_loop(roi):
    model = build(
        num_refinements=2, roi=roi,
        test_cfg=dict(score_thr=0.4, candidates=25),
    ).eval()  # fmt: skip
    randomise(model)
    head, roi_head = model.bbox_head, model.roi_head
    batch = model.data_preprocessor(collate(scene([0])))
    maps = model.extract_feat(**batch)
    offsets = head.stages[0].offsets(head(maps)[0])
    head.stages[0].logits.mean = offsets.norm(dim=1).median().item()
    scores = head.stages[0].classify(offsets).sigmoid()
    best = scores.topk(25).indices
    best = best[scores[best] > 0.4]
    deltas = head.stages[0].box_mlp(offsets[best])
    anchors = head.anchors(maps, (64, 96))[best]
    boxes = clipped(head.coder.decode(anchors, deltas), 64, 96)
    scores = scores[best]
    for step in (1, 2):
        keep = nms(boxes, scores, 0.5)
        boxes = boxes[keep]
        task = roi_head.reid if roi is None else roi_head.locate[step - 1]
        images = torch.zeros(len(keep)).long()
        stage = head.stages[step]
        embedded = embed_rois(task, maps[0], boxes, images)
        offsets = stage.bridge(embedded) - embedded
        scores = stage.logits(offsets.norm(dim=1)).sigmoid()
        deltas = stage.box_mlp(offsets)
        boxes = clipped(head.coder.decode(boxes, deltas), 64, 96)
    keep = nms(boxes, scores, 0.5)
    (sample,) = predict(model, scene([0]))
    found = sample.pred_instances
    assert 1 < len(keep) < len(best)
    assert torch.allclose(found.bboxes, boxes[keep], atol=1e-3)
    assert torch.allclose(found.scores, scores[keep], atol=1e-5)
    images = torch.zeros(len(keep)).long()
    reid = embed_rois(roi_head.reid, maps[0], boxes[keep], images)
    assert torch.allclose(found.embeddings, F.normalize(reid), atol=1e-4)


@pytest.mark.parametrize('roi', [None, SEPARATE])
def test_search_finds_each_query_in_its_scenes(roi):
    model = build(
        head=query_path(), roi=roi,
        test_cfg=dict(score_thr=-1.0, candidates_per_query=15),
    ).eval()  # fmt: skip
    batch = model.data_preprocessor(collate(*differing_scenes()))
    embedded = model.embed_queries(**batch)
    assert [len(e['reid']) for e in embedded] == [2, 1, 0, 3]
    locate = torch.cat([e['locate'] for e in embedded])
    assert locate.shape == (6, DIM)
    indices = [torch.tensor(i) for i in ([5, 0], [3], [], [0, 1, 2])]
    indices[2] = indices[2].long()
    together = model.search(**batch, queries=dict(locate=locate),
                            query_indices=indices)  # fmt: skip
    for i, one in enumerate(differing_scenes()):
        found = together[i].pred_instances
        assert set(found.query_index.tolist()) == set(indices[i].tolist())
        alone = model.search(
            **model.data_preprocessor(collate(one)),
            queries=dict(locate=locate), query_indices=[indices[i]],
        )[0].pred_instances  # fmt: skip
        for q in indices[i]:
            a, b = found[found.query_index == q], alone[alone.query_index == q]
            assert 0 < len(a) <= 15
            assert torch.allclose(a.bboxes, b.bboxes, atol=1e-4)
            assert torch.allclose(a.embeddings, b.embeddings, atol=1e-4)


def test_embed_queries_and_predict_agree():
    model = build(test_cfg=dict(score_thr=2.0))
    samples = predict(model, *differing_scenes())
    batch = model.data_preprocessor(collate(*differing_scenes()))
    for sample, embedded in zip(
        samples, model.embed_queries(**batch), strict=True
    ):
        assert len(sample.pred_instances) == 0
        found = sample.gt_instances.embeddings
        assert torch.allclose(found, embedded['reid'], atol=1e-5)


def test_teacher_follows_slowly_and_gets_no_gradient():
    model = build(roi=QUEUE, teacher_momentum=0.9)
    total_of(model, *scenes()).backward()
    student = model.roi_head.reid.projections[0][0].weight
    teacher = model.teacher.average.module['reid'].projections[0][0].weight
    assert torch.equal(student, teacher)
    before = teacher.clone()
    with torch.no_grad():
        student.add_(1.0)
    total_of(model, *scenes()).backward()
    assert torch.allclose(teacher, before + 0.1, atol=1e-6)
    assert all(p.grad is None for p in model.teacher.parameters())
    model.eval()
    total_of(model, *scenes())
    assert torch.allclose(teacher, before + 0.1, atol=1e-6)


def test_memory_keeps_what_was_and_learns_to_keep_it():
    model = build(memory=MEMORY)
    assert losses_of(model, *scenes())['loss_memory'] < 1e-6
    with torch.no_grad():
        model.memory.classifier['fc'].bias[0] += 1
    assert losses_of(model, *scenes())['loss_memory'] > 1e-6
    assert not model.memory.teacher.training
    assert model.memory.training


def test_memory_loads_the_classifier(tmp_path):
    weights = {
        'head.fc.weight': torch.randn(10, 16),
        'head.fc.bias': torch.randn(10),
        'backbone.norm3.weight': torch.randn(16),
        'backbone.norm3.bias': torch.randn(16),
        'backbone.stages.0.0.gamma': torch.zeros(8),
    }
    torch.save(dict(state_dict=weights), tmp_path / 'classes.pth')
    checkpoint = str(tmp_path / 'classes.pth')
    memory = build(memory=dict(MEMORY, checkpoint=checkpoint)).memory
    for classifier in (memory.classifier, memory.teacher['classifier']):
        assert torch.equal(classifier['fc'].bias, weights['head.fc.bias'])
        norm = weights['backbone.norm3.weight']
        assert torch.equal(classifier['norm'].weight, norm)


def test_training_state_survives_a_checkpoint():
    model = build(roi=QUEUE, teacher_momentum=0.9)
    losses_of(model, *scenes())
    other = build(roi=QUEUE, teacher_momentum=0.9, seed=1)
    other.load_state_dict(model.state_dict())
    for a, b in zip(
        model.state_dict().items(), other.state_dict().items(), strict=True
    ):
        assert a[0] == b[0]
        assert torch.equal(a[1], b[1])
    assert other.roi_head.loss_reid.head == 4


@pytest.mark.parametrize('path', [None, query_path()])
@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_half_precision_is_close(path, dtype):
    queue = dict(loss_reid=dict(type='MomentumQueueLoss', queue_size=16))
    model = build(head=path, roi=queue, teacher_momentum=0.9)
    exact = losses_of(deepcopy(model), *scenes())
    with torch.autocast('cpu', dtype=dtype):
        losses = losses_of(model, *scenes())
        # as a loss scaler does, which float16 needs
        (256 * model.parse_losses(losses)[0]).backward()
    for name in ('loss_anchor', 'loss_box'):
        assert losses[name].dtype == torch.float32
        assert losses[name].item() == pytest.approx(
            exact[name].item(), rel=0.1
        )
    assert losses['loss_reid'].isfinite()
    for parameter in model.parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all()
    model.score_thr = -1.0
    with torch.autocast('cpu', dtype=dtype):
        (sample,) = predict(model, scene([0]))
    found = sample.pred_instances
    assert found.bboxes.dtype == found.embeddings.dtype == torch.float32
