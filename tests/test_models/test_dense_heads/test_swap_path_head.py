"""The losses of the dense head against explicit sums."""

import pytest
import torch
from mmengine.registry import init_default_scope
from torchvision.ops import generalized_box_iou

from mmvireid.models.dense_heads import Detections, SwapPathHead
from mmvireid.structures import PersonBoxes

SIZES = [(8, 12), (4, 6), (2, 3), (1, 2), (1, 1)]
IMAGE = (64, 96)


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def make(**options):
    head = SwapPathHead(in_channels=4, dim=6, **options)
    torch.nn.init.normal_(head.embedding.weight, std=0.3)
    for stage in head.stages:
        torch.nn.init.normal_(stage.bridge.weight, std=0.1)
    return head


def maps():
    return [torch.randn(2, 4, *size) for size in SIZES]


def people(boxes=((10.0, 8, 42, 50), (50, 5, 90, 60), (3, 3, 40, 30))):
    return PersonBoxes(
        boxes=torch.tensor(boxes).reshape(-1, 4),
        person_ids=torch.arange(len(boxes)),
        images=torch.tensor([0, 0, 1][: len(boxes)]).long(),
        image_sizes=torch.tensor([[96.0, 64], [80, 60]]),
    )


def giou(boxes, targets):
    return 1 - generalized_box_iou(boxes, targets).diagonal()


def test_losses_of_the_first_stage():
    head = make()
    losses, samples, boxes = head.loss(maps(), people(), IMAGE)
    foreground = samples.grades > 0
    assert foreground.sum() > 3
    deltas = head.stages[0].regress(samples.offsets)
    raw = head.coder.decode(samples.boxes, deltas)
    expected = giou(raw[foreground], samples.targets[foreground]).mean()
    assert torch.allclose(losses['loss_box'], expected, atol=1e-5)
    assert not boxes.requires_grad
    # each box is cut at the borders of its own scene
    for n, (width, height) in enumerate(((96, 64), (80, 60))):
        here = boxes[samples.images == n]
        limits = torch.tensor([width, height, width, height])
        wanted = raw[samples.images == n].clamp(min=0).minimum(limits)
        assert torch.allclose(here, wanted)


def test_without_boxes_the_box_loss_is_zero():
    head = make()
    losses, samples, _ = head.loss(maps(), people(()), IMAGE)
    assert losses['loss_box'] == 0
    assert (samples.person_ids == -1).all()
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in head.parameters())


def test_losses_of_a_refining_stage():
    head = make(num_refinements=1)
    boxes = torch.rand(20, 4) * 20
    boxes[:, 2:] += boxes[:, :2] + 10
    images = torch.arange(20) % 2
    seen = []

    def embed(boxes, images):
        seen.append((boxes, images))
        return torch.randn(len(boxes), 6)

    losses, samples, _ = head.refinement_loss(
        1, images, boxes, people(), embed
    )
    ((seen_boxes, seen_images),) = seen
    assert torch.equal(seen_boxes, samples.boxes)
    assert torch.equal(seen_images, samples.images)
    logits = head.stages[1].classify(samples.offsets).sigmoid()
    foreground = samples.grades > 0
    total = -logits[foreground].log().sum()
    total -= (1 - logits[~foreground]).log().sum()
    expected = total / foreground.sum()
    assert losses['loss_class_1'].item() == pytest.approx(expected.item())
    deltas = head.stages[1].regress(samples.offsets)
    raw = head.coder.decode(samples.boxes, deltas)
    expected = giou(raw[foreground], samples.targets[foreground]).mean()
    assert torch.allclose(losses['loss_box_1'], expected, atol=1e-5)


def test_refining_detections():
    head = make(num_refinements=1)
    found = Detections(
        images=torch.tensor([0, 1]),
        boxes=torch.tensor([[10.0, 10, 30, 40], [5, 5, 79, 59]]),
        scores=torch.tensor([0.9, 0.8]),
    )
    embeddings = torch.randn(2, 6)
    sizes = people().image_sizes
    refined = head.refine(1, found, embeddings, sizes)
    stage = head.stages[1]
    offsets = embeddings @ stage.bridge.weight.T + stage.bridge.bias
    offsets = offsets - embeddings
    z = stage.logits(offsets.norm(dim=1))
    assert torch.allclose(refined.scores, z.sigmoid(), atol=1e-6)
    boxes = head.coder.decode(found.boxes, stage.regress(offsets))
    limits = torch.cat((sizes, sizes), dim=1)
    wanted = boxes.clamp(min=0).minimum(limits)
    assert torch.allclose(refined.boxes, wanted)


def test_suppression_keeps_scenes_and_queries_apart():
    box = torch.tensor([[0.0, 0, 10, 10]])
    found = Detections(
        images=torch.tensor([0, 0, 1, 1]),
        boxes=box.repeat(4, 1),
        scores=torch.tensor([0.5, 0.9, 0.7, 0.6]),
    )
    kept = found.suppress(0.5)
    assert torch.allclose(kept.scores, torch.tensor([0.9, 0.7]))
    assert kept.of_image(1).tolist() == [1]
    answers = Detections(
        found.images, found.boxes, found.scores,
        queries=torch.tensor([0, 1, 2, 2]),
    )  # fmt: skip
    assert answers.suppress(0.5).queries.tolist() == [1, 2, 0]
