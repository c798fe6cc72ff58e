"""What the heads know of a batch besides its features."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Labels of one batch, laid out visible first, infrared after.

    Attributes:
        num_visible (int): How many of the ``B`` samples, counted from the
            first, are visible.
        labels (Tensor): ``(B,)`` contiguous identity labels; -1, as in the
            next two, where a sample has none.
        pids (Tensor): ``(B,)`` identity numbers of the data set.
        cam_ids (Tensor): ``(B,)`` camera numbers.
        data_samples (list): The ``B`` data samples themselves, for heads
            that need more.
        permutations (Tensor, optional): ``(B, n)``: the original stripe
            that each slot of an image shows, where stripes were shuffled.
    """

    num_visible: int
    labels: Tensor
    pids: Tensor
    cam_ids: Tensor
    data_samples: list
    permutations: Tensor | None = None

    @classmethod
    def from_samples(
        cls, data_samples: list, num_visible: int, device: torch.device
    ) -> 'Batch':
        """Read the labels off ordered data samples.

        Args:
            data_samples (list[DataSample]): ``B`` samples, visible first.
            num_visible (int): The number of visible samples.
            device (torch.device): Where the tensors shall be.

        Returns:
            Batch: The batch.
        """

        def gather(name: str) -> Tensor:
            return torch.tensor(
                [int(sample.get(name, -1)) for sample in data_samples],
                device=device,
            )

        return cls(
            num_visible=num_visible,
            labels=gather('gt_label'),
            pids=gather('pid'),
            cam_ids=gather('cam_id'),
            data_samples=data_samples,
            permutations=_stacked_permutations(data_samples),
        )


def _stacked_permutations(data_samples: list) -> Tensor | None:
    if 'permutation' not in data_samples[0]:
        return None
    return torch.stack([sample.permutation for sample in data_samples])
