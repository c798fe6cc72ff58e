"""What every protocol shares."""

import random
import warnings
from abc import ABCMeta, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from mmvireid.structures import MODALITIES, ExclusionRule, RetrievalTrial

VISIBLE, INFRARED = 0, 1


@dataclass(frozen=True)
class ImageList:
    """The test images of a data set, in its order.

    Attributes:
        pids (np.ndarray): ``(N,)`` identity numbers.
        cam_ids (np.ndarray): ``(N,)`` camera numbers.
        modalities (np.ndarray): ``(N,)`` 0 visible, 1 infrared.
        img_paths (Sequence[str]): The ``N`` paths.
    """

    pids: np.ndarray
    cam_ids: np.ndarray
    modalities: np.ndarray
    img_paths: Sequence[str] = field(repr=False)

    def __post_init__(self) -> None:
        sizes = [
            len(column)
            for column in (
                self.pids,
                self.cam_ids,
                self.modalities,
                self.img_paths,
            )
        ]
        if len(set(sizes)) != 1:
            raise ValueError(
                'pids, cam_ids, modalities and img_paths must have one entry '
                f'per image each, but have {sizes}.'
            )

    def of_modality(self, modality: int) -> np.ndarray:
        """Return the indices of the images of one modality."""
        return np.flatnonzero(self.modalities == modality)

    def by_person_and_camera(
        self, modality: int, cameras: Iterable[int] | None = None
    ) -> dict[tuple[int, int], list[int]]:
        """Group the images of a modality.

        Args:
            modality (int): 0 visible, 1 infrared.
            cameras (Iterable[int], optional): The cameras to keep. Defaults
                to None: all.

        Returns:
            dict: ``(pid, camera)``, ascending, to image indices in the order
            of their paths.
        """
        wanted = None if cameras is None else set(cameras)
        groups: dict[tuple[int, int], list[int]] = {}
        for index in self.of_modality(modality).tolist():
            camera = int(self.cam_ids[index])
            if wanted is None or camera in wanted:
                key = (int(self.pids[index]), camera)
                groups.setdefault(key, []).append(index)
        return {
            key: sorted(groups[key], key=self.img_paths.__getitem__)
            for key in sorted(groups)
        }


def draw_by_seed(
    groups: dict[tuple[int, int], list[int]], shots: int, seed: int
) -> list[int]:
    """Draw images of every person in every camera.

    The draws are those of python's global generator after
    ``random.seed(seed)``, as the evaluations of Ye et al. (TPAMI 2021) make
    them: ``choice`` for one shot, ``sample`` for several.

    Args:
        groups (dict): As :meth:`ImageList.by_person_and_camera` returns.
        shots (int): Images of each person in each camera. Where there are
            fewer, all are taken and nothing is drawn.
        seed (int): The seed.

    Returns:
        list[int]: Image indices.
    """
    generator = random.Random(seed)
    drawn: list[int] = []
    for images in groups.values():
        if shots == 1:
            drawn.append(generator.choice(images))
        elif len(images) < shots:
            drawn += images
        else:
            drawn += generator.sample(images, shots)
    return drawn


class RetrievalProtocol(metaclass=ABCMeta):
    """Says which query meets which gallery.

    A subclass lists its trials in :meth:`trials` and calls
    :meth:`make_trial` for each.

    Attributes:
        NAME (str): First part of the names of its rows.
        averaged (tuple[str]): Rows that are directions of one data set;
            their mean is reported as well.
    """

    NAME: str
    averaged: tuple = ()

    @property
    def notes(self) -> list[str]:
        """list[str]: What sets it apart from the usual choice, for titles."""
        return []

    @abstractmethod
    def trials(self, images: ImageList) -> list[RetrievalTrial]:
        """Draw queries and galleries.

        Args:
            images (ImageList): The test images.

        Returns:
            list[RetrievalTrial]: All trials of all rows.

        Raises:
            ValueError: If a trial cannot be scored.
        """

    @staticmethod
    def make_trial(
        images: ImageList,
        name: str,
        query: Sequence[int],
        gallery: Sequence[int],
        exclude: ExclusionRule | None = None,
        cmc_level: str = 'image',
    ) -> RetrievalTrial:
        """Check a draw and make a trial of it.

        Raises:
            ValueError: If the queries or the gallery are missing or of mixed
                modalities, both have the same, an image is twice in the
                gallery, or no person is in both.
        """
        query = np.asarray(query, dtype=np.int64)
        gallery = np.asarray(gallery, dtype=np.int64)
        found = {}
        for role, indices in (('query', query), ('gallery', gallery)):
            kinds = np.unique(images.modalities[indices]).tolist()
            if len(kinds) != 1:
                what = [MODALITIES[kind] for kind in kinds] or 'no'
                raise ValueError(
                    f'{name}: the {role} must be images of one modality, but '
                    f'{what} images were found among the {len(images.pids)} '
                    "test images. Check the data set's cameras and split."
                )
            found[role] = kinds[0]
        if found['query'] == found['gallery']:
            raise ValueError(
                f'{name}: queries and gallery are both '
                f'{MODALITIES[found["query"]]}; cross-modality retrieval '
                'needs one of each. Check the modalities of the cameras.'
            )
        if len(np.unique(gallery)) != len(gallery):
            raise ValueError(f'{name}: an image is twice in the gallery.')
        people = [set(images.pids[part].tolist()) for part in (query, gallery)]
        if not people[0] & people[1]:
            raise ValueError(
                f'{name}: none of the {len(people[0])} query identities is '
                f'among the {len(people[1])} of the gallery. The two '
                'modalities must number the same person alike.'
            )
        return RetrievalTrial(
            name,
            torch.from_numpy(query),
            torch.from_numpy(gallery),
            exclude,
            cmc_level,
        )


def warn_of_count(what: str, found: int, expected: int) -> None:
    """Warn that a data set of the real size lacks images, or has more."""
    if found != expected:
        warnings.warn(
            f'{what}: {found} images, but the published lists give '
            f'{expected}. Numbers will not be comparable with published '
            'ones; check that the data set is complete.',
            stacklevel=4,
        )


def choose(name: str, values: Iterable, allowed: Sequence) -> tuple:
    """Check a choice of options; a single one may stand alone.

    Raises:
        ValueError: If nothing is chosen, or something unknown.
    """
    values = (values,) if isinstance(values, str) else tuple(values)
    unknown = [value for value in values if value not in allowed]
    if unknown or not values:
        raise ValueError(
            f'{name} must be a non-empty choice of {list(allowed)}, '
            f'but got {list(values)}.'
        )
    return values


def chance(pids: np.ndarray, trials: Sequence[RetrievalTrial]) -> float:
    """Return the rank-1 of guessing, before exclusion.

    Args:
        pids (np.ndarray): ``(N,)`` identity numbers of all images.
        trials (Sequence[RetrievalTrial]): Queries and galleries.

    Returns:
        float: The mean over the queries, in [0, 1].
    """
    shares = []
    for trial in trials:
        people, counts = np.unique(pids[trial.gallery], return_counts=True)
        share = dict(zip(people, counts / counts.sum(), strict=True))
        shares += [share.get(pid, 0.0) for pid in pids[trial.query]]
    return float(np.mean(shares))
