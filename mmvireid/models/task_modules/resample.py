"""Drawing refined boxes to learn from."""

from collections.abc import Callable

import torch
from torch import Tensor

from mmvireid.structures import BoxSamples, PersonBoxes

from .low_quality_matcher import LowQualityMatcher
from .object_path import draw, match


def resample(
    images: Tensor,
    boxes: Tensor,
    people: PersonBoxes,
    matcher: LowQualityMatcher,
    budget: int,
    offsets: Callable,
) -> BoxSamples:
    """Match boxes and annotated boxes with persons, and draw of each scene.

    Cascade R-CNN (Cai & Vasconcelos, CVPR 2018) in SPNet's form: annotated
    boxes join the boxes of the stage before.

    Args:
        images (Tensor): ``(S,)`` the scene of each box.
        boxes (Tensor): ``(S, 4)``.
        people (PersonBoxes): The annotated boxes.
        matcher (LowQualityMatcher): Says which boxes are foreground.
        budget (int): How many boxes of a scene to draw, at most half of them
            foreground.
        offsets (Callable): Gives drawn boxes their offset embeddings:
            ``(boxes, images) -> (., d)``.

    Returns:
        BoxSamples: The boxes that were drawn.
    """
    images = torch.cat((images, people.images))
    boxes = torch.cat((boxes, people.boxes))
    drawn, numbers = [], []
    for scene in range(len(people.image_sizes)):
        here = (images == scene).nonzero().flatten()
        grades = match(matcher, boxes[here], people.of_image(scene))
        _, index = draw(grades[None], budget)
        drawn.append(here[index])
        numbers.append(grades[index])
    chosen, grades = torch.cat(drawn), torch.cat(numbers)
    images, boxes = images[chosen], boxes[chosen]
    targets, person_ids = people.targets(images, (grades - 1).clamp(0))
    return BoxSamples(
        images=images,
        boxes=boxes,
        offsets=offsets(boxes, images),
        grades=grades,
        targets=targets,
        person_ids=person_ids,
    )
