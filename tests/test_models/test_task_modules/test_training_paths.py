"""Which anchors and pairs the two paths learn from."""

import pytest
import torch
from mmengine.registry import init_default_scope
from torchvision.ops import box_iou, generalized_box_iou

from mmvireid.models.layers import SwapPathStage
from mmvireid.models.task_modules import (
    LowQualityMatcher,
    ObjectPath,
    QueryPath,
    SPNetAnchorGenerator,
    good_detections,
    pair_distances,
    resample,
    select_pairs,
)
from mmvireid.structures import BoxSamples, PersonBoxes, clip_boxes

DIM = 6


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def people(*scenes, size=(128.0, 96.0)):
    """Boxes of persons, of whom each scene lists the ids."""
    generator = torch.Generator().manual_seed(0)
    total = sum(map(len, scenes))
    corners = torch.rand(total, 2, generator=generator) * 40
    sizes = torch.rand(total, 2, generator=generator) * 30 + 25
    return PersonBoxes(
        boxes=torch.cat((corners, corners + sizes), dim=1),
        person_ids=torch.tensor([i for ids in scenes for i in ids]).long(),
        images=torch.tensor(
            [n for n, ids in enumerate(scenes) for _ in ids]
        ).long(),
        image_sizes=torch.tensor([size]).repeat(len(scenes), 1),
    )


def anchors():
    sizes = [(12, 16), (6, 8), (3, 4), (2, 2), (1, 1)]
    return SPNetAnchorGenerator().image_priors(sizes, (96, 128))


def stage():
    return SwapPathStage(DIM, dict(type='FixedNormLogits'))


@pytest.mark.parametrize('budget', [32, 12, 5])
def test_pairs_of_two_views_of_two_persons(budget):
    # 4 scenes, 2 views of 2 persons each: 8 other, 8 own, 16 without.
    boxes = people([0, 1], [0, 1], [2, 3], [2, 3])
    pairs = select_pairs(boxes, budget)
    own = boxes.images[pairs.queries] == pairs.images
    shown = pairs.boxes >= 0
    kinds = [(shown & ~own).sum(), own.sum(), (~shown).sum()]
    expected = {32: [8, 8, 16], 12: [8, 4, 0], 5: [5, 0, 0]}[budget]
    assert [int(k) for k in kinds] == expected
    key = pairs.images * 8 + pairs.queries
    assert (key.diff() > 0).all()
    ids = boxes.person_ids
    assert (ids[pairs.boxes[shown]] == ids[pairs.queries[shown]]).all()
    assert (boxes.images[pairs.boxes[shown]] == pairs.images[shown]).all()
    assert (pairs.boxes[own] == pairs.queries[own]).all()


def test_pairs_at_the_edges():
    assert len(select_pairs(people([], []), 32)) == 0
    alone = select_pairs(people([4]), 32)
    assert (alone.images.tolist(), alone.boxes.tolist()) == ([0], [0])
    # of twice the same person in a scene only the first box takes part
    twice = select_pairs(people([7, 7, 8, 8], [7]), 32)
    assert set(twice.queries.tolist()) == {0, 2, 4}
    assert set(twice.boxes.tolist()) == {-1, 0, 2, 4}
    # scenes without persons meet the queries of the others
    assert len(select_pairs(people([1], []), 32)) == 2


def test_pair_distances_equal_differences_and_their_gradients():
    queries = (torch.randn(5, DIM) - 4.6).double().requires_grad_()
    embeddings = torch.randn(3, 40, DIM).double().requires_grad_()
    images = torch.tensor([0, 0, 2, 2, 2])
    expected = (queries[:, None] - embeddings[images]).norm(dim=2)
    found = pair_distances(queries, embeddings, images)
    assert torch.allclose(found, expected)
    weights = torch.randn(5, 40).double()
    wanted = torch.autograd.grad(
        (expected * weights).sum(), [queries, embeddings]
    )
    gradients = torch.autograd.grad(
        (found * weights).sum(), [queries, embeddings]
    )
    for a, b in zip(gradients, wanted, strict=True):
        assert torch.allclose(a, b)
    nothing = pair_distances(queries[:0], embeddings, images[:0])
    nothing.sum().backward()
    assert nothing.shape == (0, 40)
    assert not embeddings.grad.any()


def test_pair_distances_are_accurate_far_from_the_origin():
    # As at the start: all embeddings are long and alike.
    base = torch.full((128,), -4.595)
    queries = base + 0.05 * torch.randn(4, 128)
    embeddings = base + 0.05 * torch.randn(1, 300, 128)
    exact = (queries[:, None].double() - embeddings.double()).norm(dim=2)
    found = pair_distances(queries, embeddings, torch.zeros(4).long())
    assert (found - exact).abs().max() < 1e-5 * exact.max()
    half = pair_distances(
        queries.half(), embeddings.half(), torch.zeros(4).long()
    )
    assert half.dtype == torch.float32
    same = pair_distances(embeddings[0, :2], embeddings, torch.zeros(2).long())
    assert same.diagonal().max() < 2e-3


def test_pair_distances_never_hold_the_differences():
    largest = 0

    def note(tensor):
        nonlocal largest
        largest = max(largest, tensor.numel())
        return tensor

    queries = torch.randn(8, 64, requires_grad=True)
    embeddings = torch.randn(1, 500, 64, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda x: x):
        pair_distances(queries, embeddings, torch.zeros(8).long())
    assert largest <= 500 * 64 < 8 * 500 * 64


def object_sample(boxes, budget=20):
    embeddings = torch.randn(len(boxes.image_sizes), len(anchors()), DIM)
    head = stage()
    result = ObjectPath(budget).sample(
        head, embeddings, anchors(), boxes, LowQualityMatcher()
    )
    return embeddings, head, result


def test_object_path_against_a_slow_loop():
    boxes = people([0, 1, 2], [5, 0])
    embeddings, head, (logits, grades, samples) = object_sample(boxes)
    for n in range(2):
        norms = (-embeddings[n]).norm(dim=1)
        assert torch.allclose(logits[n], head.logits(norms), atol=1e-4)
        overlaps = box_iou(boxes.of_image(n), anchors())
        assert (overlaps[:, grades[n] == 0] < 0.4).all()
        assert (overlaps.amax(1) <= overlaps[:, grades[n] > 0].amax(1)).all()
    assert torch.bincount(samples.images).tolist() == [20, 20]
    for i in range(len(samples.boxes)):
        n = int(samples.images[i])
        (a,) = (anchors() == samples.boxes[i]).all(1).nonzero()[0].tolist()
        assert torch.equal(samples.offsets[i], -embeddings[n, a])
        assert samples.grades[i] == grades[n, a] >= 0
        number = max(int(samples.grades[i]) - 1, 0)
        assert torch.equal(samples.targets[i], boxes.of_image(n)[number])
        of_scene = boxes.person_ids[boxes.images == n]
        assert samples.person_ids[i] == of_scene[number]


@pytest.mark.parametrize('scenes', [([], [3]), ([], []), ([3], [])])
def test_object_path_of_scenes_without_boxes(scenes):
    boxes = people(*scenes)
    _, _, (_, grades, samples) = object_sample(boxes)
    for n, ids in enumerate(scenes):
        if not ids:
            assert not grades[n].any()
            assert samples.person_ids[samples.images == n].eq(-1).all()
            assert not samples.targets[samples.images == n].any()
    assert not len(good_detections(samples, samples.targets, 2.0))


def query_sample(boxes, **options):
    embeddings = torch.randn(len(boxes.image_sizes), len(anchors()), DIM)
    queries = torch.randn(len(boxes), DIM)
    head = stage()
    torch.manual_seed(3)
    result = QueryPath(**options).sample(
        head, embeddings, anchors(), boxes, LowQualityMatcher(), queries
    )
    torch.manual_seed(3)
    pairs = select_pairs(boxes, options.get('num_pairs', 32))
    return embeddings, queries, pairs, result


def test_pairs_without_the_person_are_background_at_any_threshold():
    boxes = people([0], [1])
    queries = torch.randn(len(boxes), DIM)
    embeddings = torch.randn(2, len(anchors()), DIM)
    matcher = LowQualityMatcher(min_pos_iou=0)
    _, grades, _ = QueryPath().sample(
        stage(), embeddings, anchors(), boxes, matcher, queries
    )
    shown = select_pairs(boxes, 32).boxes >= 0
    assert shown.tolist() == [True, False, False, True]
    assert (grades[shown] > 0).any(dim=1).all()
    assert not grades[~shown].any()


@pytest.mark.parametrize('order', ['distance', 'index'])
def test_query_path_against_a_slow_loop(order):
    boxes = people([0, 1], [1, 2, 0], [3])
    embeddings, queries, pairs, result = query_sample(
        boxes, anchors_per_pair=10, hard_order=order
    )
    logits, grades, samples = result
    assert len(pairs) == len(logits) == 18
    index = [
        int((anchors() == box).all(1).nonzero()[0]) for box in samples.boxes
    ]
    for r in range(len(pairs)):
        n, q, b = pairs.images[r], pairs.queries[r], pairs.boxes[r]
        distance = (queries[q] - embeddings[n]).norm(dim=1)
        nearest = distance.argsort()[:10].tolist()
        chosen = index[10 * r : 10 * r + 10]
        if b < 0:
            assert not grades[r].any()
            assert set(chosen) == set(nearest)
            assert not samples.targets[10 * r].any()
            continue
        assert torch.equal(samples.targets[10 * r], boxes.boxes[b])
        overlap = box_iou(boxes.boxes[b][None], anchors())[0]
        best = overlap == overlap.max()
        assert torch.equal(grades[r] > 0, (overlap >= 0.5) | best)
        ignored = (overlap >= 0.4) & (overlap < 0.5) & ~best
        assert torch.equal(grades[r] < 0, ignored)
        giou = generalized_box_iou(boxes.boxes[b][None], anchors())[0]
        first = giou.topk(5).indices.tolist()
        rest = [a for a in nearest if a not in first]
        if order == 'index':
            rest = sorted(rest)
        assert set(chosen[:5]) == set(first)
        assert chosen[5:] == rest[:5]
    rows = samples.pairs
    expected = queries[pairs.queries[rows]] - embeddings[samples.images, index]
    assert torch.allclose(samples.offsets, expected)
    assert torch.equal(
        samples.person_ids, boxes.person_ids[pairs.queries[rows]]
    )


def test_query_path_at_the_edges():
    # more anchors asked for than there are
    _, _, pairs, (_, _, samples) = query_sample(
        people([0], [0]), anchors_per_pair=10**6
    )
    assert len(samples.boxes) == len(pairs) * len(anchors())
    # no person at all
    _, _, pairs, (logits, grades, samples) = query_sample(people([], []))
    assert logits.shape == grades.shape == (0, len(anchors()))
    assert len(samples.boxes) == 0
    # a single query
    _, _, pairs, (logits, _, _) = query_sample(people([0]))
    assert logits.shape == (1, len(anchors()))
    with pytest.raises(ValueError, match='hard_order'):
        QueryPath(hard_order='score')


def samples_of(boxes, pairs=None):
    number = len(boxes)
    return BoxSamples(
        images=torch.zeros(number).long(),
        boxes=boxes,
        offsets=torch.zeros(number, DIM),
        grades=torch.ones(number).long(),
        targets=boxes,
        person_ids=torch.arange(number),
        pairs=pairs,
    )


def test_good_detections_overlap_their_own_box():
    target = torch.tensor([[0.0, 0, 10, 10]]).repeat(4, 1)
    moved = target.clone()
    moved[:, 2] = torch.tensor([10.0, 7.0, 6.9, 20.0])
    good = good_detections(samples_of(target), moved, 0.7)
    assert good.tolist() == [0, 1]


def test_good_detections_of_a_pair_are_limited_at_random():
    target = torch.tensor([[0.0, 0, 10, 10]]).repeat(40, 1)
    samples = samples_of(target, torch.arange(40) % 2)
    drawn = [good_detections(samples, target, 0.7, 4) for _ in range(5)]
    for good in drawn:
        assert torch.bincount(samples.pairs[good]).tolist() == [4, 4]
        assert (good.diff() > 0).all()
    assert len({tuple(good.tolist()) for good in drawn}) > 1


def test_resample_appends_annotated_boxes_and_balances():
    boxes = people([0, 1], [])
    images = torch.arange(2).repeat_interleave(30)
    found = torch.rand(60, 4) * 5
    found[:, 2:] += found[:, :2] + 1
    strict = LowQualityMatcher(0.5, 0.5, match_low_quality=False)
    samples = resample(
        images, found, boxes, strict, 8, lambda b, n: b.new_zeros(len(b), DIM)
    )
    assert torch.bincount(samples.images).tolist() == [8, 8]
    positive = samples.grades > 0
    assert positive.sum() == 2
    assert torch.equal(samples.boxes[positive], boxes.boxes)
    assert torch.equal(samples.targets[positive], boxes.boxes)
    assert samples.person_ids[samples.images == 1].eq(-1).all()


def test_clip_boxes():
    boxes = torch.tensor([[-3.0, 2, 50, 90], [60, -1, 70, 5]])
    sizes = torch.tensor([[40.0, 80], [65, 80]])
    expected = [[0, 2, 40, 80], [60, 0, 65, 5]]
    assert clip_boxes(boxes, sizes).tolist() == expected
