"""What has to be looked for where."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mmvireid.structures import SearchTrial

from .scenes import SceneRecords
from .scoring import distinct_queries

#: Rows of galleries written out at a time.
CHUNK = 256


class SearchPlan:
    """A test set and all that is looked for in it.

    Args:
        records (SceneRecords): The test set.
        trials (Sequence[SearchTrial]): All trials.

    Attributes:
        queries (Tensor): ``(Q,)`` rows of the boxes that are looked for,
            each once, ascending. Detections that answer a query number it by
            its position here.
    """

    def __init__(
        self, records: SceneRecords, trials: Sequence[SearchTrial]
    ) -> None:
        self.records = records
        self.trials = list(trials)
        self.queries = distinct_queries(self.trials)
        self._row = {
            number: row for row, number in enumerate(records.img_ids.tolist())
        }
        starts, counts = records.scene_boxes(torch.arange(len(self._row)))
        self._bounds = torch.stack([starts, starts + counts], 1)
        self._wanted: Tensor | None = None

    def row(self, img_id: int) -> int:
        """Return the row of a scene.

        Raises:
            KeyError: If the test set has no such scene.
        """
        if img_id not in self._row:
            raise KeyError(
                f'The test set of {len(self._row)} scenes has none with '
                f'img_id {img_id}. Does the evaluated data loader read it?'
            )
        return self._row[img_id]

    def boxes(self, img_id: int) -> slice:
        """Return where the annotated boxes of a scene are.

        Raises:
            KeyError: If the test set has no such scene.
        """
        start, end = self._bounds[self.row(img_id)].tolist()
        return slice(start, end)

    def wanted(self, img_id: int) -> Tensor:
        """Return which queries look in a scene.

        Args:
            img_id (int): The scene.

        Returns:
            Tensor: ``(n,)`` int64 positions in :attr:`queries`.

        Raises:
            KeyError: If the test set has no such scene.
        """
        if self._wanted is None:
            self._wanted = self._write_out()
        return self._wanted[self.row(img_id)].nonzero()[:, 0]

    def _write_out(self) -> Tensor:
        size = len(self._row), len(self.queries)
        wanted = torch.zeros(size, dtype=torch.bool)
        for trial in self.trials:
            at = torch.searchsorted(self.queries, trial.queries)
            for rows in torch.arange(len(at)).split(CHUNK):
                wanted[:, at[rows]] |= (trial.listings(rows) > 0).T
        return wanted
