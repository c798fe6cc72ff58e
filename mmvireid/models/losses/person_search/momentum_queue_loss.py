"""Contrast with a queue of a momentum teacher's embeddings."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.gather import gather_rows
from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

#: the person of an empty slot
NOBODY = -1


@MODELS.register_module()
class MomentumQueueLoss(nn.Module):
    """Tells a person from all persons in a queue.

    In the manner of MoCo (He et al., CVPR 2020), with persons instead of
    images: the queue takes up the mean of the teacher's embeddings of every
    person in the batch, before the loss is computed, and forgets the
    person's former one, so that every person has one slot at most. Queue,
    persons and head are buffers; updates are those of all processes.

    Args:
        dim (int): The width of the embeddings.
        num_identities (int, optional): Not looked at: every id is a person.
        queue_size (int): Slots of the queue. Defaults to 65536.
        scale (float): What cosines are multiplied by, one over the
            temperature. Defaults to 10.

    Raises:
        ValueError: If the queue has no slot.
    """

    def __init__(
        self,
        dim: int,
        num_identities: int | None = None,
        queue_size: int = 65536,
        scale: float = 10.0,
    ) -> None:
        super().__init__()
        if queue_size < 1:
            raise ValueError(
                f'queue_size must be at least 1, but it is {queue_size}.'
            )
        self.scale = scale
        self.register_buffer('queue', torch.zeros(queue_size, dim))
        self.register_buffer(
            'persons', torch.full((queue_size,), NOBODY, dtype=torch.long)
        )
        self.register_buffer('head', torch.zeros((), dtype=torch.long))

    def forward(
        self,
        embeddings: Tensor,
        person_ids: Tensor,
        teacher: Tensor | None = None,
    ) -> Tensor:
        """Take the teacher's embeddings up, then compute the loss.

        Args:
            embeddings (Tensor): ``(B, D)`` of the student, of any norm.
            person_ids (Tensor): ``(B,)``, not negative.
            teacher (Tensor): ``(B, D)`` of the teacher.

        Returns:
            Tensor: The mean cross entropy of persons in the queue; 0 if there
            are none.

        Raises:
            ValueError: If there is no teacher.
        """
        if teacher is None:
            raise ValueError(
                'MomentumQueueLoss needs the embeddings of a momentum '
                'teacher. Set model.teacher_momentum, to 0.9999 for example.'
            )
        with without_autocast(embeddings):
            if self.training:
                self._update(
                    gather_rows(at_least_float32(teacher)),
                    gather_rows(person_ids),
                )
            slots, known = self._find(person_ids)
            if not known.any():
                return 0 * at_least_float32(embeddings).sum()
            unit = F.normalize(at_least_float32(embeddings[known]))
            # A copy, which backward keeps while the buffer goes on.
            rows = self.queue.to(unit.dtype, copy=True)
            logits = (self.scale * unit @ rows.T).masked_fill(
                self.persons == NOBODY, -torch.inf
            )
            return F.cross_entropy(logits, slots[known])

    def _find(self, person_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return the slot of each person, and whether there is one.

        A person whose teacher gave no numbers has none.
        """
        persons, slots = self.persons.sort()
        place = torch.searchsorted(persons, person_ids)
        place = place.clamp(max=len(persons) - 1)
        return slots[place], persons[place] == person_ids

    @torch.no_grad()
    def _update(self, teacher: Tensor, person_ids: Tensor) -> None:
        """Give every person of the batch a new slot, by ascending ids."""
        # One that is no number would spoil its row for as long as it stays.
        finite = teacher.isfinite().all(dim=1)
        teacher, person_ids = teacher[finite], person_ids[finite]
        if not len(person_ids):
            return
        size = len(self.queue)
        persons, row = person_ids.unique(return_inverse=True)
        if len(persons) > size:
            raise ValueError(
                f'The batch holds {len(persons)} persons, but the queue has '
                f'only {size} slots. Set a larger queue_size.'
            )
        sums = teacher.new_zeros(len(persons), teacher.shape[1])
        # The direction of the sum is that of the mean.
        means = F.normalize(sums.index_add_(0, row, teacher))
        steps = torch.arange(len(persons), device=persons.device)
        slots = (self.head + steps) % size
        self.persons[torch.isin(self.persons, persons)] = NOBODY
        self.persons[slots] = persons
        self.queue[slots] = means.to(self.queue.dtype)
        self.head.copy_((self.head + len(persons)) % size)
