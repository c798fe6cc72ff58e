"""Anchors and matching are torchvision's, where mmdet does otherwise."""

import pytest
import torch
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from torchvision.models.detection._utils import (
    BalancedPositiveNegativeSampler,
    BoxCoder,
    Matcher,
)
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou

from mmvireid.models.task_modules import (
    LowQualityMatcher,
    SPNetAnchorGenerator,
    balanced_sample,
)
from mmvireid.registry import TASK_UTILS

SIZES = tuple((s, int(s * 2 ** (1 / 3)), int(s * 2 ** (2 / 3)))
              for s in (32, 64, 128, 256, 512))  # fmt: skip


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')


def map_sizes(height, width):
    """Of the pyramid: strides 8, 16, 32, then twice a strided convolution."""
    sizes = [(height // s, width // s) for s in (8, 16, 32)]
    for _ in range(2):
        sizes.append(tuple((side + 1) // 2 for side in sizes[-1]))
    return sizes


def torchvision_anchors(height, width):
    generator = AnchorGenerator(SIZES, ((0.5, 1.0, 2.0),) * 5)
    images = ImageList(torch.zeros(1, 3, height, width), [(height, width)])
    maps = [torch.zeros(1, 1, *size) for size in map_sizes(height, width)]
    return generator(images, maps)[0]


@pytest.mark.parametrize(
    ('size', 'number'),
    [((256, 256), 12276), ((512, 512), 49104), ((864, 1504), None)],
)
def test_anchors_equal_torchvision(size, number):
    generator = SPNetAnchorGenerator()
    found = generator.image_priors(map_sizes(*size), size)
    assert torch.equal(found, torchvision_anchors(*size))
    assert number in (None, len(found))
    assert generator.num_base_priors == [9] * 5


def test_strides_of_a_size_that_128_does_not_divide():
    sizes = map_sizes(864, 1504)
    anchors = SPNetAnchorGenerator().image_priors(sizes, (864, 1504))
    centers = (anchors[:, :2] + anchors[:, 2:]) / 2
    counts = [9 * h * w for h, w in sizes]
    p6, p7 = centers.split(counts)[3:]
    assert p6[:, 0].unique()[1].item() == 62
    assert p6[:, 1].unique()[1].item() == 61
    assert p7[:, 0].unique()[1].item() == 125
    assert p7[:, 1].unique()[1].item() == 123


def test_anchors_of_another_number_of_levels_are_refused():
    with pytest.raises(ValueError, match='5 levels, but there are 4'):
        SPNetAnchorGenerator().image_priors([(1, 1)] * 4, (8, 8))


def assign(matcher, anchors, boxes):
    result = matcher.assign(
        InstanceData(priors=anchors),
        InstanceData(bboxes=boxes, labels=torch.zeros(len(boxes)).long()),
    )
    # torchvision: -1 background, -2 ignored
    return torch.where(result.gt_inds < 0, -2, result.gt_inds - 1)


def random_boxes(number, seed, side=1000):
    generator = torch.Generator().manual_seed(seed)
    corners = torch.rand(number, 2, generator=generator) * side * 0.8
    sizes = torch.rand(number, 2, generator=generator) * side * 0.2 + 4
    return torch.cat((corners, corners + sizes), dim=1)


@pytest.mark.parametrize('seed', range(4))
def test_matches_equal_torchvision(seed):
    anchors = torchvision_anchors(352, 608)
    boxes = random_boxes(6, seed, 350).round()
    expected = Matcher(0.5, 0.4, True)(box_iou(boxes, anchors))
    found = assign(LowQualityMatcher(), anchors, boxes)
    assert torch.equal(found, expected)
    strict = LowQualityMatcher(0.5, 0.5, match_low_quality=False)
    expected = Matcher(0.5, 0.5)(box_iou(boxes, anchors))
    assert torch.equal(assign(strict, anchors, boxes), expected)


def test_a_tied_anchor_goes_to_its_own_best_box():
    # Box 1 overlaps no anchor more than anchor 0, which box 0 overlaps more.
    anchors = torch.tensor([[0.0, 0, 10, 10], [50, 50, 60, 60]])
    boxes = torch.tensor([[0.0, 0, 10, 9], [4, 0, 14, 10]])
    assert assign(LowQualityMatcher(), anchors, boxes).tolist() == [0, -1]
    mmdet = TASK_UTILS.build(
        dict(
            type='mmdet.MaxIoUAssigner',
            pos_iou_thr=0.5,
            neg_iou_thr=0.4,
            iou_calculator=dict(type='mmdet.BboxOverlaps2D'),
        )
    )
    assert assign(mmdet, anchors, boxes).tolist() == [1, -1]


def test_boxes_that_no_anchor_touches_have_none():
    anchors = torchvision_anchors(64, 64)
    outside = torch.tensor([[9000.0, 9000, 9010, 9010]])
    assert assign(LowQualityMatcher(), anchors, outside).eq(-1).all()
    none = assign(LowQualityMatcher(), anchors, torch.zeros(0, 4))
    assert none.eq(-1).all()


def test_rows_are_matched_as_single_boxes():
    anchors = torchvision_anchors(352, 608)
    boxes = random_boxes(5, 0, 350)
    overlaps = box_iou(boxes, anchors)
    overlaps[3] = 0  # a pair without a box
    found = LowQualityMatcher().match_rows(overlaps)
    assert not found[3].any()
    for i in (0, 1, 2, 4):
        expected = Matcher(0.5, 0.4, True)(overlaps[i : i + 1])
        expected = torch.where(expected == -2, -1, expected + 1)
        assert torch.equal(found[i], expected)


@pytest.mark.parametrize('budget', [0, 1, 7, 64, 2000])
@pytest.mark.parametrize('share', [0.0, 0.02, 0.5, 1.0])
def test_balanced_sample_equals_torchvision(budget, share):
    generator = torch.Generator().manual_seed(1)
    grades = (torch.rand(500, generator=generator) < share).long() * 3
    grades[::7] = -1
    torch.manual_seed(2)
    found = balanced_sample(grades, budget)
    torch.manual_seed(2)
    positive, negative = BalancedPositiveNegativeSampler(budget, 0.5)([grades])
    mask = (positive[0] | negative[0]).bool()
    assert torch.equal(found, mask.nonzero().flatten())
    assert len(found) <= budget
    assert (grades[found] > 0).sum() <= budget // 2
    assert (grades[found] >= 0).all()


def test_decoding_equals_torchvision():
    torch.manual_seed(0)
    boxes, deltas = random_boxes(50, 0), torch.randn(50, 4)
    deltas[0, 2:] = 9  # clamped at ln(1000 / 16)
    coder = TASK_UTILS.build(
        dict(type='mmdet.DeltaXYWHBBoxCoder', clip_border=False)
    )
    expected = BoxCoder((1, 1, 1, 1)).decode_single(deltas, boxes)
    assert torch.allclose(coder.decode(boxes, deltas), expected, rtol=1e-5)
