"""A test set of scenes, and what was detected in it, as flat tensors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mmvireid.utils.ordinals import ordinals


@dataclass(frozen=True)
class SceneRecords:
    """The annotations of a test set of ``S`` scenes with ``B`` boxes.

    Boxes lie scene by scene; boxes are ``x1, y1, x2, y2`` in pixels of the
    original images.

    Attributes:
        img_ids (Tensor): ``(S,)`` int64, the data set's numbers of images.
        cam_ids (Tensor): ``(S,)`` int64; -1 is unknown.
        modalities (Tensor): ``(S,)`` int64; 0 visible, 1 infrared.
        boxes (Tensor): ``(B, 4)`` float32.
        box_scenes (Tensor): ``(B,)`` int64 rows of the scenes, ascending.
        person_ids (Tensor): ``(B,)`` int64; equal ones are equal persons.
        iou_thresh (Tensor): ``(B,)`` float32: how well a detection has to
            fit a box to count as its person.
        ann_ids (Tensor): ``(B,)`` int64, the data set's numbers of boxes.
    """

    img_ids: Tensor
    cam_ids: Tensor
    modalities: Tensor
    boxes: Tensor
    box_scenes: Tensor
    person_ids: Tensor
    iou_thresh: Tensor
    ann_ids: Tensor

    @classmethod
    def from_data_list(cls, data_list: Iterable[dict]) -> 'SceneRecords':
        """Read the records of a data set.

        Args:
            data_list (Iterable[dict]): Each with ``img_id``, ``cam_id``,
                ``modality`` and ``instances``, and each of these
                with ``bbox`` (x1, y1, x2, y2), ``person_id``,
                ``iou_thresh`` and ``ann_id``.

        Returns:
            SceneRecords: The scenes, in the order of the list.

        Raises:
            ValueError: If a record lacks one of these, or two scenes or two
                boxes have the same number.
        """
        try:
            records = cls._read(list(data_list))
        except KeyError as error:
            raise ValueError(
                f'A record of the test set has no {error}. Person search is '
                'scored on a data set of scenes, such as PRW or CUHKSYSU.'
            ) from error
        for name in ('img_ids', 'ann_ids'):
            values = getattr(records, name)
            if len(values.unique()) != len(values):
                raise ValueError(
                    f'{name} of the test set must be unique, but some of the '
                    f'{len(values)} repeat. Convert the data set again.'
                )
        return records

    @classmethod
    def _read(cls, data_list: list[dict]) -> 'SceneRecords':
        def column(rows: list, name: str, dtype: torch.dtype) -> Tensor:
            return torch.tensor([row[name] for row in rows], dtype=dtype)

        instances = [x for scene in data_list for x in scene['instances']]
        counts = torch.tensor([len(s['instances']) for s in data_list])
        owner = torch.arange(len(data_list)).repeat_interleave(counts.long())
        return cls(
            *(
                column(data_list, name, torch.int64)
                for name in ('img_id', 'cam_id', 'modality')
            ),
            column(instances, 'bbox', torch.float32).view(-1, 4),
            owner,
            column(instances, 'person_id', torch.int64),
            column(instances, 'iou_thresh', torch.float32),
            column(instances, 'ann_id', torch.int64),
        )

    def rows_of(self, name: str, values: Sequence[int]) -> Tensor:
        """Look up the rows of scenes or boxes by their numbers.

        Args:
            name (str): ``'img_ids'`` or ``'ann_ids'``.
            values (Sequence[int]): Numbers.

        Returns:
            Tensor: As many int64 rows.

        Raises:
            KeyError: If the test set does not have one of them.
        """
        column = getattr(self, name)
        wanted = torch.as_tensor(values, dtype=torch.int64)
        if not len(column):
            rows, known = wanted, torch.zeros_like(wanted, dtype=torch.bool)
        else:
            order = column.argsort()
            at = torch.searchsorted(column[order], wanted)
            rows = order[at.clamp_max(len(column) - 1)]
            known = column[rows] == wanted
        if not bool(known.all()):
            missing = wanted[~known].unique()[:5].tolist()
            raise KeyError(
                f'{name} {missing} are not in the test set of '
                f'{len(self.img_ids)} scenes and {len(self.boxes)} boxes. '
                'Do the protocol file and the annotation file belong '
                'together?'
            )
        return rows

    def ordinals(self) -> Tensor:
        """Count the boxes of the same person in the same scene before each.

        Returns:
            Tensor: ``(B,)`` int64; 0 for a person's first box in a scene.
        """
        _, people = self.person_ids.unique(return_inverse=True)
        return ordinals(people * len(self.img_ids) + self.box_scenes)

    def scene_boxes(self, scenes: Tensor) -> tuple[Tensor, Tensor]:
        """Return where the boxes of scenes start, and how many they are.

        Args:
            scenes (Tensor): ``(n,)`` rows.

        Returns:
            tuple[Tensor, Tensor]: Two of shape ``(n,)``.
        """
        counts = self.box_scenes.bincount(minlength=len(self.img_ids))
        starts = counts.cumsum(0) - counts
        return starts[scenes], counts[scenes]


@dataclass(frozen=True)
class SceneDetections:
    """What was detected in a test set: ``D`` boxes, scene by scene.

    Attributes:
        scenes (Tensor): ``(D,)`` int64 rows of the scenes, ascending.
        boxes (Tensor): ``(D, 4)`` float32, as in :class:`SceneRecords`.
        scores (Tensor): ``(D,)`` float32 in [0, 1].
        embeddings (Tensor, optional): ``(D, C)`` float32: for detections
            that any query is compared with (object-centric).
        queries (Tensor, optional): ``(D,)`` int64: for detections that
            answer one query each (query-centric): which.
        similarities (Tensor, optional): ``(D,)`` float32: to that query.
    """

    scenes: Tensor
    boxes: Tensor
    scores: Tensor
    embeddings: Tensor | None = None
    queries: Tensor | None = None
    similarities: Tensor | None = None

    def __post_init__(self) -> None:
        answers = (self.queries is None, self.similarities is None)
        if answers not in ((True, True), (False, False)) or (
            (self.embeddings is None) == answers[0]
        ):
            raise ValueError(
                'Detections have either embeddings, or the queries that they '
                'answer and the similarities to these.'
            )

    @property
    def query_centric(self) -> bool:
        """Whether each detection answers one query."""
        return self.queries is not None
