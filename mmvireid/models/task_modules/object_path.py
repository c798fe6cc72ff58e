"""Training a swap-path detector by what is a person."""

import torch
from mmengine.structures import InstanceData
from torch import Tensor

from mmvireid.models.layers import SwapPathStage
from mmvireid.registry import TASK_UTILS
from mmvireid.structures import BoxSamples, PersonBoxes

from .balanced_sample import balanced_sample
from .low_quality_matcher import LowQualityMatcher


@TASK_UTILS.register_module()
class ObjectPath:
    """Object-centric training: every anchor predicts its own query.

    SPNet (WACV 2025), supplement, Sec. 8. All anchors that are not ignored
    learn to classify; a balanced sample of each scene learns to regress and
    goes on to the next stages.

    Args:
        anchors_per_image (int): The size of the sample. Defaults to 128, as
            in fine-tuning; pre-training takes 256.
    """

    #: whether the embeddings of annotated boxes are the queries
    needs_queries = False
    #: how many detections of a pair learn re-identification; all of them
    reid_per_pair = None

    def __init__(self, anchors_per_image: int = 128) -> None:
        self.anchors_per_image = anchors_per_image

    def sample(
        self,
        stage: SwapPathStage,
        embeddings: Tensor,
        anchors: Tensor,
        people: PersonBoxes,
        matcher: LowQualityMatcher,
        queries: Tensor | None = None,
    ) -> tuple:
        """Score all anchors and draw those that go on.

        Args:
            stage (SwapPathStage): The first stage.
            embeddings (Tensor): ``(N, A, d)`` of the anchors.
            anchors (Tensor): ``(A, 4)``.
            people (PersonBoxes): The annotated boxes of the ``N`` scenes.
            matcher (LowQualityMatcher): Says which anchors are foreground.
            queries (Tensor, optional): Not looked at.

        Returns:
            tuple: Logits ``(N, A)``, grades ``(N, A)`` (above 0 foreground,
            0 background, -1 ignored) and the :class:`BoxSamples`.
        """
        offsets = stage.offsets(embeddings)
        logits = stage.classify(offsets)
        scenes = range(len(embeddings))
        grades = torch.stack(
            [match(matcher, anchors, people.of_image(n)) for n in scenes]
        )
        images, index = draw(grades, self.anchors_per_image)
        numbers = grades[images, index]
        targets, person_ids = people.targets(images, (numbers - 1).clamp(0))
        samples = BoxSamples(
            images=images,
            boxes=anchors[index],
            offsets=offsets[images, index],
            grades=numbers,
            targets=targets,
            person_ids=person_ids,
        )
        return logits, grades, samples


def match(matcher: LowQualityMatcher, priors: Tensor, boxes: Tensor) -> Tensor:
    """Match the priors of one scene with its boxes.

    Args:
        matcher (LowQualityMatcher): The matcher.
        priors (Tensor): ``(A, 4)``.
        boxes (Tensor): ``(G, 4)``.

    Returns:
        Tensor: ``(A,)``: the number of the box, from 1 on; 0 background, -1
        ignored.
    """
    labels = boxes.new_zeros(len(boxes), dtype=torch.long)
    return matcher.assign(
        InstanceData(priors=priors),
        InstanceData(bboxes=boxes, labels=labels),
    ).gt_inds


def draw(grades: Tensor, budget: int) -> tuple:
    """Draw a balanced sample of each scene.

    Args:
        grades (Tensor): ``(N, A)``.
        budget (int): How many of each scene.

    Returns:
        tuple[Tensor, Tensor]: Scenes and anchors, each ``(S,)``.
    """
    drawn = [balanced_sample(row, budget) for row in grades]
    counts = torch.tensor([len(d) for d in drawn], device=grades.device)
    images = torch.arange(len(grades), device=grades.device)
    return images.repeat_interleave(counts), torch.cat(drawn)
