"""The boxes of a batch of scenes in flat tensors."""

from dataclasses import dataclass

import torch
from torch import Tensor

#: the person of a box that nobody is in
NOBODY = -1


@dataclass(frozen=True)
class PersonBoxes:
    """All annotated boxes of ``N`` scenes, one after the other.

    Attributes:
        boxes (Tensor): ``(G, 4)`` corners in the pixels of the input.
        person_ids (Tensor): ``(G,)``; equal ids mean equal persons.
        images (Tensor): ``(G,)`` ascending: which scene a box is in.
        image_sizes (Tensor): ``(N, 2)`` widths and heights without padding.
    """

    boxes: Tensor
    person_ids: Tensor
    images: Tensor
    image_sizes: Tensor

    @classmethod
    def from_samples(
        cls, data_samples: list, device: torch.device
    ) -> 'PersonBoxes':
        """Read the boxes off data samples.

        Args:
            data_samples (list[DetDataSample]): ``N`` samples; ``bboxes`` and
                ``person_ids`` of their ``gt_instances`` are read.
            device (torch.device): Where the tensors shall be.

        Returns:
            PersonBoxes: The boxes.

        Raises:
            ValueError: If a sample has boxes but no persons.
        """
        boxes, person_ids, counts = [], [], []
        for sample in data_samples:
            instances = sample.gt_instances
            if 'person_ids' not in instances:
                raise ValueError(
                    'Every scene needs gt_instances.person_ids, but '
                    f'{sample.get("img_path")} has only '
                    f'{sorted(instances.keys())}. Pack the scenes with '
                    'PackPersonSearchInputs.'
                )
            boxes.append(instances.bboxes.reshape(-1, 4).float())
            person_ids.append(instances.person_ids.long())
            counts.append(len(instances.person_ids))
        return cls(
            boxes=torch.cat(boxes).to(device),
            person_ids=torch.cat(person_ids).to(device),
            images=torch.arange(len(counts)).repeat_interleave(
                torch.tensor(counts)
            ).to(device),
            image_sizes=image_sizes(data_samples, device),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.boxes)

    def of_image(self, image: int) -> Tensor:
        """Return the boxes ``(G_n, 4)`` of one scene."""
        return self.boxes[self.images == image]

    def targets(self, images: Tensor, numbers: Tensor) -> tuple:
        """Look boxes up by their place in their scene.

        Args:
            images (Tensor): ``(S,)`` scenes.
            numbers (Tensor): ``(S,)`` which box of its scene, from 0 on.

        Returns:
            tuple[Tensor, Tensor]: Boxes ``(S, 4)`` and persons ``(S,)``;
            zeros and :data:`NOBODY` in scenes without boxes.
        """
        starts = torch.searchsorted(self.images, images)
        nobody = self.boxes.new_zeros(1, 4)
        boxes = torch.cat((self.boxes, nobody))
        person_ids = torch.cat(
            (self.person_ids, self.person_ids.new_full((1,), NOBODY))
        )
        inhabited = torch.isin(images, self.images)
        index = torch.where(inhabited, starts + numbers, len(self))
        return boxes[index], person_ids[index]


def image_sizes(data_samples: list, device: torch.device) -> Tensor:
    """Return widths and heights of unpadded inputs.

    Args:
        data_samples (list[DetDataSample]): ``N`` samples with ``img_shape``.
        device (torch.device): Where the tensor shall be.

    Returns:
        Tensor: ``(N, 2)`` in float32.
    """
    sizes = [sample.img_shape[1::-1] for sample in data_samples]
    return torch.tensor(sizes, dtype=torch.float32, device=device)


def visible_first(data_samples: list, device: torch.device) -> tuple:
    """Find the order that brings visible scenes first.

    Args:
        data_samples (list[DetDataSample]): ``N`` samples; one without
            ``modality`` is visible.
        device (torch.device): Where the order shall be.

    Returns:
        tuple: The order ``(N,)``, and how many scenes are visible.
    """
    modalities = torch.tensor([s.get('modality', 0) for s in data_samples])
    order = modalities.argsort(stable=True).to(device)
    return order, int((modalities == 0).sum())


def clip_boxes(boxes: Tensor, sizes: Tensor) -> Tensor:
    """Cut boxes at the borders of their scenes.

    Args:
        boxes (Tensor): ``(..., 4)`` corners.
        sizes (Tensor): ``(..., 2)`` widths and heights.

    Returns:
        Tensor: ``(..., 4)``.
    """
    limits = torch.cat((sizes, sizes), dim=-1)
    return torch.minimum(boxes.clamp(min=0), limits)
