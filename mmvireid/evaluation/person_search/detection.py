"""How well persons are detected, whoever they are."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .average_precision import rank_lists
from .ragged import expand, first_of_best, paired_iou
from .scenes import SceneDetections, SceneRecords

#: A detection has to overlap a box by as much.
MIN_IOU = 0.5


@dataclass(frozen=True)
class DetectionScores:
    """Scores of detection, in [0, 1].

    Attributes:
        precision (float): Average precision times recall.
        recall (float): Share of the annotated boxes that were found.
    """

    precision: float
    recall: float


def score_detections(
    records: SceneRecords, detections: SceneDetections, scenes: Tensor
) -> DetectionScores:
    """Score detections by the rules of person search.

    A detection and a box are matched if they overlap by at least
    :data:`MIN_IOU`, no other box overlaps the detection more and no other
    detection overlaps the box more; scores play no part in it. This is
    neither PASCAL's nor COCO's rule. The average precision over all scenes
    is multiplied by the recall, as it knows nothing of what was not found.

    Args:
        records (SceneRecords): The annotations.
        detections (SceneDetections): Object-centric detections.
        scenes (Tensor): ``(S,)`` bool, which scenes count.

    Returns:
        DetectionScores: Zeros where there is nothing to find.
    """
    kept = scenes[detections.scenes]
    boxes, scores = detections.boxes[kept], detections.scores[kept]
    owner, box = expand(*records.scene_boxes(detections.scenes[kept]))
    found = match_mutually(owner, box, boxes, records.boxes)
    return summarise(found, scores, int(scenes[records.box_scenes].sum()))


def match_mutually(
    detection: Tensor, box: Tensor, detections: Tensor, boxes: Tensor
) -> Tensor:
    """Match detections and boxes that are each other's best.

    Args:
        detection (Tensor): ``(P,)`` int64, first of each pair that may
            match.
        box (Tensor): ``(P,)`` int64, second of each pair.
        detections (Tensor): ``(D, 4)``.
        boxes (Tensor): ``(B, 4)``.

    Returns:
        Tensor: ``(D,)`` bool, which detections are matched.
    """
    iou = paired_iou(detections[detection], boxes[box])
    close = iou >= MIN_IOU
    iou, detection, box = iou[close], detection[close], box[close]
    at = torch.arange(len(iou), device=iou.device)
    best = first_of_best(iou, detection, len(detections))[detection] == at
    best &= first_of_best(iou, box, len(boxes))[box] == at
    found = torch.zeros(len(detections), dtype=torch.bool, device=iou.device)
    found[detection[best]] = True
    return found


def summarise(
    found: Tensor, scores: Tensor, num_boxes: int
) -> DetectionScores:
    """Turn matches into scores.

    Args:
        found (Tensor): ``(D,)`` bool, which detections are right.
        scores (Tensor): ``(D,)`` their scores.
        num_boxes (int): Boxes that could be found.

    Returns:
        DetectionScores: The scores.
    """
    if not num_boxes:
        return DetectionScores(0.0, 0.0)
    one = torch.zeros_like(found, dtype=torch.int64)
    ranked = rank_lists(found, scores, one, 1)
    recall = int(ranked.right) / num_boxes
    return DetectionScores(float(ranked.precision) * recall, recall)
