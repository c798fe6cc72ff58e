"""The base of all person search data sets."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmdet.datasets import BaseDetDataset

from ..replace_unreadable import ReplaceUnreadable
from .annotation_file import read_annotation_file

OFFICIAL_SPLITS = (
    'trainval',
    'train',
    'val',
    'minitrain',
    'minival',
    'test',
)
TEST_SPLITS = ('val', 'minival', 'test')


class PersonSearchDataset(ReplaceUnreadable, BaseDetDataset):
    """Scenes with boxes of persons, some of whom are known.

    They are read from ``<data_root>/annotations/<split>.json``, which a
    converter in ``tools/dataset_converters`` writes. Scenes are in the order
    of their numbers.

    A sample's record has ``img_id``, ``img_path``, ``height``, ``width``,
    ``cam_id`` (-1 if not known), ``modality`` (0 visible, 1 infrared) and
    ``instances``: dicts with ``bbox`` (x1, y1, x2, y2 in pixels),
    ``bbox_label`` 0, ``ignore_flag`` 0, ``person_id``, ``is_known``,
    ``iou_thresh`` and ``ann_id``. There may be none.

    In training the known persons are numbered 0 to P - 1 in the order of
    their own numbers, and everyone else gets a number of its own from P on.
    In testing the numbers are those of the file.

    In training an unreadable scene is replaced by another one, see
    :class:`~mmvireid.datasets.replace_unreadable.ReplaceUnreadable`.

    Args:
        data_root (str): The folder of the data set.
        split (str): One of the class's ``SPLITS``.
        pipeline (Sequence): Transforms. Defaults to none.
        test_mode (bool, optional): Whether the scenes are for testing.
            Defaults to None: true for ``val``, ``minival`` and ``test``.
        **kwargs: Further arguments of mmdet's ``BaseDetDataset``.

    Raises:
        FileNotFoundError: If the converted file is missing.
        ValueError: If there is no such split, or the file is of another
            data set or not what it should be.
    """

    NAME: str = ''
    SPLITS: tuple = ()
    METAINFO = dict(classes=('person',))
    REPLACEMENT = 'another scene'

    def __init__(
        self,
        data_root: str,
        split: str,
        pipeline: Sequence = (),
        test_mode: bool | None = None,
        **kwargs,
    ) -> None:
        if split not in self.SPLITS:
            raise ValueError(
                f'{type(self).__name__} has the splits '
                f"{', '.join(self.SPLITS)}, but '{split}' was asked for."
            )
        self.split = split
        self.id_offsets = dict(known=0, unknown=0, image=0, box=0)
        super().__init__(
            data_root=str(data_root),
            ann_file=f'annotations/{split}.json',
            pipeline=list(pipeline),
            test_mode=split in TEST_SPLITS if test_mode is None else test_mode,
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """Read the scenes and fill in the metainfo.

        Returns:
            list[dict]: The records.
        """
        tool = f'tools/dataset_converters/{self.NAME}.py'
        content = read_annotation_file(
            Path(self.ann_file), f'python {tool} {self.data_root}'
        )
        given = content.get('info', {}).get('dataset', self.NAME)
        if given != self.NAME:
            raise ValueError(
                f"'{self.ann_file}' was converted from {given}, but is read "
                f'as {self.NAME}. Check the type and the folder.'
            )
        persons = known_persons(content)
        self._metainfo.update(
            dataset_type=type(self).__name__,
            dataset_name=self.NAME,
            split=self.split,
            num_known_persons=len(persons),
            identities=self.identities(content),
        )
        if not self.test_mode:
            _relabel(content['annotations'], sorted(persons))
        return self._to_records(content)

    def identities(self, content: dict) -> list[str]:
        """Name the known persons, for checkpoints to be compared by.

        Args:
            content (dict): The converted file.

        Returns:
            list[str]: Their numbers, but for those who may be on both sides
            of the split into train and val.
        """
        shared = set(content.get('info', {}).get('shared_persons', ()))
        persons = known_persons(content) - shared
        return [str(person) for person in sorted(persons)]

    def _to_records(self, content: dict) -> list[dict]:
        boxes = defaultdict(list)
        for box in content['annotations']:
            left, top, width, height = box['bbox']
            boxes[box['image_id']].append(
                dict(
                    bbox=[left, top, left + width, top + height],
                    bbox_label=0,
                    ignore_flag=0,
                    person_id=box['person_id'],
                    is_known=bool(box['is_known']),
                    iou_thresh=box['iou_thresh'],
                    ann_id=box['id'],
                )
            )
        return [
            dict(
                img_id=image['id'],
                img_path=str(Path(self.data_root) / image['file_name']),
                height=image['height'],
                width=image['width'],
                cam_id=image['cam_id'],
                modality=image['modality'],
                instances=boxes[image['id']],
            )
            for image in sorted(content['images'], key=lambda i: i['id'])
        ]

    def get_data_info(self, idx: int) -> dict:
        """Return a record.

        Args:
            idx (int): Its index.

        Returns:
            dict: A copy, with the numbers that :meth:`shift_ids` asks for.
        """
        info = super().get_data_info(idx)
        shift = self.id_offsets
        info['img_id'] += shift['image']
        for box in info['instances']:
            kind = 'known' if box['is_known'] else 'unknown'
            box['person_id'] += shift[kind]
            box['ann_id'] += shift['box']
        return info

    def shift_ids(
        self, known: int, unknown: int, image: int, box: int
    ) -> None:
        """Add to the numbers of all records, beside another data set.

        Args:
            known (int): What is added to the numbers of known persons.
            unknown (int): What is added to those of others.
            image (int): What is added to those of scenes.
            box (int): What is added to those of boxes.
        """
        self.id_offsets = dict(
            known=known, unknown=unknown, image=image, box=box
        )

    def alike(self, idx: int) -> tuple[np.ndarray, str]:
        """Return all scenes.

        Args:
            idx (int): Not used.

        Returns:
            tuple[np.ndarray, str]: ``(N,)`` true, and what they are.
        """
        return np.ones(len(self), dtype=bool), 'scenes'


def known_persons(content: dict) -> set[int]:
    """Return the numbers of the known persons.

    Args:
        content (dict): The converted file.
    """
    return {b['person_id'] for b in content['annotations'] if b['is_known']}


def _relabel(boxes: list[dict], known: list[int]) -> None:
    """Number the persons of a training set contiguously, in place."""
    labels = {person: label for label, person in enumerate(known)}
    unknown = len(known)
    for box in boxes:
        if box['is_known']:
            box['person_id'] = labels[box['person_id']]
        else:
            box['person_id'] = unknown
            unknown += 1
