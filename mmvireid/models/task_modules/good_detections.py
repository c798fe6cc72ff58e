"""Which detections are good enough to learn from."""

import torch
from mmdet.structures.bbox import bbox_overlaps
from torch import Tensor

from mmvireid.structures import NOBODY, BoxSamples
from mmvireid.utils.ordinals import ordinals


def good_detections(
    samples: BoxSamples,
    boxes: Tensor,
    iou_thr: float,
    per_pair: int | None = None,
) -> Tensor:
    """Choose detections to learn re-identification from.

    Args:
        samples (BoxSamples): ``S`` boxes of the last stage.
        boxes (Tensor): ``(S, 4)`` what the stage has made of them.
        iou_thr (float): From which overlap with its annotated box on a
            detection is good.
        per_pair (int, optional): How many of a pair of a query and a scene
            at most, drawn at random. Defaults to all.

    Returns:
        Tensor: Ascending numbers of the detections.
    """
    overlaps = bbox_overlaps(boxes, samples.targets, is_aligned=True)
    inhabited = samples.person_ids != NOBODY
    good = ((overlaps >= iou_thr) & inhabited).nonzero().flatten()
    if per_pair is None:
        return good
    shuffled = good[torch.randperm(len(good), device=good.device)]
    turns = ordinals(samples.pairs[shuffled])
    return shuffled[turns < per_pair].sort().values
