"""Online instance matching."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.gather import gather_rows
from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS
from mmvireid.utils.ordinals import ordinals


@MODELS.register_module()
class OnlineInstanceMatching(nn.Module):
    """Classifies embeddings against a table of all persons and a queue.

    Xiao et al., "Joint Detection and Identification Feature Learning for
    Person Search" (CVPR 2017), Eq. 1 to 4. The table holds one running
    embedding of every labelled person, the queue the latest embeddings of
    unlabelled ones, as negatives. Rows that are still empty have a cosine of
    -1, and of 1 with the person whom they wait for, so that the first steps
    are quiet. All are buffers; updates are those of all processes.

    Args:
        dim (int): The width of the embeddings.
        num_identities (int): Labelled persons, the rows of the table.
        queue_size (int): Rows of the queue. Defaults to 5000 (CUHK-SYSU);
            500 is for PRW.
        scale (float): What cosines are multiplied by, one over the
            temperature. Defaults to 30.
        momentum (float): The share of the old row in an update of the
            table, 0 to 1. Defaults to 0.5.

    Raises:
        ValueError: If the number of persons is not known, or the queue has
            no slot.
    """

    def __init__(
        self,
        dim: int,
        num_identities: int | None,
        queue_size: int = 5000,
        scale: float = 30.0,
        momentum: float = 0.5,
    ) -> None:
        super().__init__()
        if not num_identities:
            raise ValueError(
                'OnlineInstanceMatching keeps a row for every labelled '
                f'person, but num_identities is {num_identities}. '
                'tools/train.py takes it from the training set, where the '
                'persons that the annotations call known are counted; set '
                'model.num_identities where there is no training set.'
            )
        if queue_size < 1:
            raise ValueError(
                f'queue_size must be at least 1, but it is {queue_size}.'
            )
        self.num_identities = num_identities
        self.scale = scale
        self.momentum = momentum
        self.register_buffer('table', torch.zeros(num_identities, dim))
        self.register_buffer('queue', torch.zeros(queue_size, dim))
        self.register_buffer('head', torch.zeros((), dtype=torch.long))

    def forward(
        self,
        embeddings: Tensor,
        person_ids: Tensor,
        teacher: Tensor | None = None,
    ) -> Tensor:
        """Compute the loss, then take the embeddings up.

        Args:
            embeddings (Tensor): ``(B, D)``, of any norm.
            person_ids (Tensor): ``(B,)``; those from ``num_identities`` on
                are of unlabelled persons.
            teacher (Tensor, optional): Not looked at.

        Returns:
            Tensor: The cross entropy of the labelled, over the number of
            all; 0 without embeddings.
        """
        with without_autocast(embeddings):
            unit = F.normalize(at_least_float32(embeddings))
            loss = self._loss(unit, person_ids)
            if self.training:
                self._update(gather_rows(unit), gather_rows(person_ids))
        return loss

    def _loss(self, unit: Tensor, person_ids: Tensor) -> Tensor:
        labelled = person_ids < self.num_identities
        x, labels = unit[labelled], person_ids[labelled]
        if not len(x):
            return 0 * unit.sum()
        # A copy, which backward keeps while the buffers go on.
        rows = torch.cat((self.table, self.queue)).to(x.dtype)
        empty = (rows == 0).all(dim=1)
        cosines = (x @ rows.T).masked_fill(empty, -1.0)
        waiting = empty[labels][:, None]
        own = cosines.gather(1, labels[:, None]).masked_fill(waiting, 1.0)
        cosines = cosines.scatter(1, labels[:, None], own)
        total = F.cross_entropy(self.scale * cosines, labels, reduction='sum')
        return total / len(unit)

    @torch.no_grad()
    def _update(self, unit: Tensor, person_ids: Tensor) -> None:
        # One that is no number, which mixed precision skips the step for,
        # would spoil its row for good.
        finite = unit.isfinite().all(dim=1)
        unit = unit[finite].to(self.table.dtype)
        person_ids = person_ids[finite]
        labelled = person_ids < self.num_identities
        self._update_table(unit[labelled], person_ids[labelled])
        self._enqueue(unit[~labelled])

    def _update_table(self, unit: Tensor, labels: Tensor) -> None:
        """Mix embeddings into their rows, those of one person in order.

        Persons do not meddle with each other, so the first embedding of each
        is taken at once, then the second, and so on.
        """
        if not len(labels):
            return
        turns = ordinals(labels)
        for turn in range(int(turns.max()) + 1):
            x, y = unit[turns == turn], labels[turns == turn]
            mixed = self.momentum * self.table[y] + (1 - self.momentum) * x
            self.table[y] = F.normalize(mixed)

    def _enqueue(self, unit: Tensor) -> None:
        size = len(self.queue)
        steps = torch.arange(len(unit), device=unit.device)
        slots = (self.head + steps) % size
        self.queue[slots[-size:]] = unit[-size:]
        self.head.copy_((self.head + len(unit)) % size)
