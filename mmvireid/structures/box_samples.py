"""Boxes under training."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class BoxSamples:
    """``S`` boxes that a stage of a person detector learns from.

    They are anchors in the first stage, and refined boxes later on.

    Attributes:
        images (Tensor): ``(S,)`` which scene of the batch each is in.
        boxes (Tensor): ``(S, 4)`` corners in the pixels of the input.
        offsets (Tensor): ``(S, d)`` query minus anchor embeddings.
        grades (Tensor): ``(S,)``: above 0 foreground, otherwise background.
        targets (Tensor): ``(S, 4)`` the annotated box that belongs to each.
        person_ids (Tensor): ``(S,)`` who is in that box, -1 for nobody.
        pairs (Tensor, optional): ``(S,)`` which pair of a query and a scene
            each stands for, on the query path.
    """

    images: Tensor
    boxes: Tensor
    offsets: Tensor
    grades: Tensor
    targets: Tensor
    person_ids: Tensor
    pairs: Tensor | None = None
