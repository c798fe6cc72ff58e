"""The base of all visible-infrared data sets."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from mmvireid.structures import MODALITIES

from .folders import describe, hash_files
from .image_cache import ImageCache
from .replace_unreadable import ReplaceUnreadable


class CrossModalityDataset(ReplaceUnreadable, BaseDataset, ABC):
    """Images of persons in both spectra.

    A subclass says where the images are (:meth:`read_records`) and which
    files define the split (:meth:`split_files`). Records are in one fixed
    order: visible before infrared, then by identity, camera and path.

    In training an identity without images in one of the two modalities is
    left out with a note in the log, and an unreadable image is replaced by
    another one of the same person and modality; :attr:`corrupt_count`
    counts such images over all worker processes. In testing nothing is left
    out, and an unreadable image raises an error with its path.

    Args:
        data_root (str): The folder of the data set as it is distributed.
        split (str): One of the class's ``SPLITS``.
        trial (int, optional): The number of the random split, for data sets
            that have several. Defaults to None.
        pipeline (Sequence): Transforms. Defaults to none.
        test_mode (bool, optional): Whether the images are for testing.
            Defaults to None: true for the splits ``val`` and ``test``.
        cache (dict, optional): Arguments of
            :class:`~mmvireid.datasets.image_cache.ImageCache`, for example
            ``dict(dir='data/cache', size=(288, 144))``: images are then
            decoded and resized once, and the pipeline's
            ``LoadImageFromFile`` is answered from the cache. Defaults to
            None.
        **kwargs: Further arguments of mmengine's ``BaseDataset``.

    Attributes:
        labels (np.ndarray): ``(N,)`` contiguous identity labels.
        modalities (np.ndarray): ``(N,)`` 0 visible, 1 infrared.
        pids (np.ndarray): ``(N,)`` the data set's own identity numbers.
        cam_ids (np.ndarray): ``(N,)`` camera numbers.
    """

    NAME: str = ''
    SPLITS: tuple = ()
    REPLACEMENT = 'another image of the same person and modality'

    def __init__(
        self,
        data_root: str,
        split: str,
        trial: int | None = None,
        pipeline: Sequence = (),
        test_mode: bool | None = None,
        cache: dict | None = None,
        **kwargs,
    ) -> None:
        if split not in self.SPLITS:
            raise ValueError(
                f'{type(self).__name__} has the splits '
                f"{', '.join(self.SPLITS)}, but '{split}' was asked for."
            )
        self.split = split
        self.trial = trial
        self.cache = cache
        self.image_cache: ImageCache | None = None
        super().__init__(
            data_root=str(data_root),
            pipeline=list(pipeline),
            test_mode=split in ('val', 'test')
            if test_mode is None
            else test_mode,
            **kwargs,
        )

    @abstractmethod
    def read_records(self) -> list[dict]:
        """List the split's images.

        Returns:
            list[dict]: Records with ``img_path``, ``modality`` (0 or 1),
            ``pid`` and ``cam_id``, in any order.
        """

    @abstractmethod
    def split_files(self) -> list[Path]:
        """Return all files that define the splits of this trial."""

    def load_data_list(self) -> list[dict]:
        """Read, order and label the records, and fill in the metainfo.

        Returns:
            list[dict]: Records with ``gt_label`` as well.

        Raises:
            ValueError: If no image is left.
        """
        records = self.read_records()
        if not self.test_mode:
            records = self._drop_incomplete_identities(records)
        if not records:
            raise ValueError(
                f"{type(self).__name__}: no image of split '{self.split}' "
                f'was found; {describe(self.data_root)}.'
            )
        records.sort(
            key=lambda r: (r['modality'], r['pid'], r['cam_id'], r['img_path'])
        )
        names = {r['pid']: Path(r['img_path']).parent.name for r in records}
        if len(set(names.values())) < len(names):
            # One folder for several: numbers are a split's own.
            names = {pid: f'{self.split} {pid}' for pid in names}
        labels = {pid: label for label, pid in enumerate(sorted(names))}
        for record in records:
            record['gt_label'] = labels[record['pid']]
        self._metainfo.update(
            dataset_name=self.NAME,
            split=self.split,
            trial=self.trial,
            num_identities=len(labels),
            identities=[names[pid] for pid in labels],
            split_hash=hash_files(self.split_files()),
        )
        if self.cache is not None:
            self._open_cache(records)
        return records

    def prepare_data(self, idx: int) -> Any:
        """Return what the pipeline makes of one record, given its index."""
        info = self.get_data_info(idx)
        if self.image_cache is None:
            return self.pipeline(info)
        info.update(self.image_cache.load(info.pop('cache_row')))
        # the cached image stands in for the loader, the first transform
        for transform in self.pipeline.transforms[1:]:
            info = transform(info)
            if info is None:
                return None
        return info

    def alike(self, idx: int) -> tuple[np.ndarray, str]:
        """Return the images of the same person and modality.

        Args:
            idx (int): The index of one of them.

        Returns:
            tuple[np.ndarray, str]: ``(N,)`` bool, and what they are.
        """
        label, modality = self.labels[idx], self.modalities[idx]
        name = self.metainfo['identities'][label]
        return (
            (self.labels == label) & (self.modalities == modality),
            f'{MODALITIES[modality]} images of identity {name}',
        )

    def _drop_incomplete_identities(self, records: list[dict]) -> list[dict]:
        """Leave out identities that lack one modality."""
        pids = [
            {r['pid'] for r in records if r['modality'] == modality}
            for modality in range(2)
        ]
        incomplete = pids[0] ^ pids[1]
        if incomplete:
            names = ', '.join(str(pid) for pid in sorted(incomplete)[:10])
            print_log(
                f'{type(self).__name__}: left {len(incomplete)} of '
                f'{len(pids[0] | pids[1])} identities out of training, as '
                f'they have images in one modality only: {names}.',
                logger='current',
                level=logging.WARNING,
            )
        if incomplete and incomplete == pids[0] | pids[1]:
            raise ValueError(
                f'{type(self).__name__}: no identity of split '
                f"'{self.split}' has images in both modalities, so there is "
                'nothing to train on.'
            )
        return [r for r in records if r['pid'] not in incomplete]

    def _open_cache(self, records: list[dict]) -> None:
        transforms = self.pipeline.transforms
        loader = transforms[0] if transforms else None
        plain = type(loader).__name__ == 'LoadImageFromFile' and (
            loader.color_type == 'color' and not loader.to_float32
        )
        if not plain:
            raise ValueError(
                'With a cache the pipeline must begin with '
                "dict(type='LoadImageFromFile') without further options, "
                f'but it begins with {loader}.'
            )
        for transform in transforms:
            kind = type(transform).__name__
            if kind == 'Resize':
                self._check_resize(transform, transform.scale)
            elif kind == 'RandomResize' and transform.ratio_range:
                largest = max(transform.ratio_range)
                scale = [largest * side for side in transform.scale]
                self._check_resize(transform.resize, scale)
        for row, record in enumerate(records):
            record['cache_row'] = row
        self.image_cache = ImageCache(
            [r['img_path'] for r in records], **self.cache
        )

    def _check_resize(self, resize, scale: Sequence[float] | None) -> None:
        """Refuse to resize otherwise than the pipeline, or to less."""
        asked = resize.backend, resize.interpolation
        cached = 'cv2', self.cache.get('interpolation', 'bilinear')
        if asked != cached:
            raise ValueError(
                f'The pipeline resizes by {", ".join(asked)}, but the cache '
                f'by {", ".join(cached)}. Set cache.interpolation, or leave '
                'the cache out.'
            )
        size = self.cache.get('size')
        if size and scale and (scale[1] > size[0] or scale[0] > size[1]):
            raise ValueError(
                f'The pipeline resizes to {scale[1]:g}x{scale[0]:g}, but the '
                f'cache holds {size[0]}x{size[1]} (height x width): images '
                'would be blurred. Set cache.size to what the pipeline needs.'
            )

    def index_records(self) -> None:
        """Set up arrays over all records and the flags of corrupt ones."""
        keys = ('gt_label', 'modality', 'pid', 'cam_id')
        infos = map(self.get_data_info, range(len(self)))
        values = [[info[key] for key in keys] for info in infos]
        self.labels, self.modalities, self.pids, self.cam_ids = np.array(
            values, dtype=int
        ).T.copy()
        super().index_records()
