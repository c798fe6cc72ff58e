"""Where each data set keeps its images and how it writes its splits."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .identity import INFRARED, VISIBLE
from .matlab import write_matrices

SYSU_CAMERAS = {
    1: VISIBLE,
    2: VISIBLE,
    3: INFRARED,
    4: VISIBLE,
    5: VISIBLE,
    6: INFRARED,
}
"""Modality of each camera of SYSU-MM01."""

REGDB_TRIALS = 10
"""Number of random splits of RegDB."""

LLCM_CAMERAS = tuple(range(1, 10))
"""Places of LLCM; each has a visible and a near-infrared camera."""

LLCM_NO_INFRARED = 3
"""The place of LLCM without near-infrared images in the test set."""

SPLIT_STREAM = 1299709
"""Keeps the generators of splits apart from those of images."""


@dataclass(frozen=True)
class Job:
    """An image to render.

    Args:
        path (str): Where it goes, relative to the data set's root.
        pid (int): Number of the person.
        cam_id (int): Number of the camera.
        modality (int): 0 visible, 1 infrared.
        index (int): Number of the image of this person by this camera.
    """

    path: str
    pid: int
    cam_id: int
    modality: int
    index: int


@dataclass(frozen=True)
class Counts:
    """How much to render.

    Args:
        train (int): Identities to train on.
        val (int): Identities for model selection.
        test (int): Identities to test on.
        images (int): Images per identity and camera.
    """

    train: int
    val: int
    test: int
    images: int

    def split(self, seed: int) -> tuple[list[int], list[int], list[int]]:
        """Deal out the numbers 1..n, mixed as in the real data sets.

        Args:
            seed (int): Seed of the data set.

        Returns:
            tuple[list[int], list[int], list[int]]: Train, val and test
            identities, ascending.
        """
        total = self.train + self.val + self.test
        rng = np.random.default_rng([seed, SPLIT_STREAM])
        pids = (rng.permutation(total) + 1).tolist()
        parts = (
            pids[: self.train],
            pids[self.train : self.train + self.val],
            pids[self.train + self.val :],
        )
        return tuple(sorted(part) for part in parts)


def _write_ids(path: Path, pids: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(','.join(map(str, pids)) + '\n')


def _write_index(path: Path, jobs: list[Job], pids: list[int]) -> None:
    """Lines of "path label", labels counted from 0 over ``pids``."""
    label = {pid: i for i, pid in enumerate(pids)}
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f'{j.path} {label[j.pid]}\n' for j in jobs if j.pid in label]
    path.write_text(''.join(lines))


# SYSU-MM01


def plan_sysu(root: Path, counts: Counts, seed: int) -> list[Job]:
    """Write the split files of SYSU-MM01 and list its images.

    Args:
        root (Path): The data set's root.
        counts (Counts): How much to render.
        seed (int): Seed of the data set.

    Returns:
        list[Job]: The images, one identity after the other.
    """
    splits = counts.split(seed)
    for name, pids in zip(('train', 'val', 'test'), splits, strict=True):
        _write_ids(root / 'exp' / f'{name}_id.txt', pids)
    pids = sorted(sum(splits, []))
    _write_permutations(root / 'exp' / 'rand_perm_cam.mat', counts, pids, seed)
    return [
        Job(f'cam{cam}/{pid:04d}/{k:04d}.jpg', pid, cam, modality, k)
        for pid in pids
        for cam, modality in SYSU_CAMERAS.items()
        for k in range(1, counts.images + 1)
    ]


def _write_permutations(
    path: Path, counts: Counts, pids: list[int], seed: int
) -> None:
    """The order in which the official protocol draws the gallery.

    A cell array with a cell per camera, each a column of cells, one for
    every identity number, each a (10 trials, images) matrix of 1-based
    file numbers.
    """
    rng = np.random.default_rng([seed, SPLIT_STREAM, 1])
    cameras = np.empty((len(SYSU_CAMERAS), 1), dtype=object)
    files = np.arange(1, counts.images + 1, dtype=np.uint16)
    for row in range(len(SYSU_CAMERAS)):
        people = np.empty((max(pids), 1), dtype=object)
        for pid in pids:
            trials = [rng.permutation(files) for _ in range(10)]
            people[pid - 1, 0] = np.stack(trials)
        cameras[row, 0] = people
    write_matrices(path, rand_perm_cam=cameras)


# RegDB


def plan_regdb(root: Path, counts: Counts, seed: int) -> list[Job]:
    """Write the split files of RegDB and list its images.

    The ten trials deal the same identities into other halves.

    Args:
        root (Path): The data set's root.
        counts (Counts): How much to render; RegDB has no val split, whose
            identities join the train split.
        seed (int): Seed of the data set.

    Returns:
        list[Job]: The images, one identity after the other.
    """
    total = counts.train + counts.val + counts.test
    folders = {VISIBLE: 'Visible', INFRARED: 'Thermal'}
    marks = {VISIBLE: 'v', INFRARED: 't'}
    jobs = [
        Job(
            f'{folder}/{pid}/front_{marks[modality]}_{pid:05d}_{k}.bmp',
            pid,
            modality + 1,
            modality,
            k,
        )
        for pid in range(1, total + 1)
        for modality, folder in folders.items()
        for k in range(1, counts.images + 1)
    ]
    for trial in range(1, REGDB_TRIALS + 1):
        rng = np.random.default_rng([seed, SPLIT_STREAM, trial])
        pids = (rng.permutation(total) + 1).tolist()
        cut = counts.train + counts.val
        splits = {'train': sorted(pids[:cut]), 'test': sorted(pids[cut:])}
        for split, members in splits.items():
            for modality, name in (
                (VISIBLE, 'visible'),
                (INFRARED, 'thermal'),
            ):
                chosen = [j for j in jobs if j.modality == modality]
                path = root / 'idx' / f'{split}_{name}_{trial}.txt'
                _write_index(path, chosen, members)
    return jobs


# LLCM


def plan_llcm(root: Path, counts: Counts, seed: int) -> list[Job]:
    """Write the split files of LLCM and list its images.

    Args:
        root (Path): The data set's root.
        counts (Counts): How much to render; LLCM has no val split, whose
            identities join the train split.
        seed (int): Seed of the data set.

    Returns:
        list[Job]: The images, one identity after the other.
    """
    train, val, test = counts.split(seed)
    train = sorted(train + val)
    names = {VISIBLE: 'vis', INFRARED: 'nir'}
    jobs = []
    for pid in sorted(train + test):
        for modality, name in names.items():
            for cam in LLCM_CAMERAS:
                if pid in train:
                    folder = f'{name}/{pid:04d}'
                elif modality == INFRARED and cam == LLCM_NO_INFRARED:
                    continue
                else:
                    folder = f'test_{name}/cam{cam}/{pid:04d}'
                jobs += [
                    Job(
                        f'{folder}/{pid:04d}_c{cam:02d}_s{100 * cam:06d}_'
                        f'f{k:04d}_{name}.jpg',
                        pid,
                        cam,
                        modality,
                        k,
                    )
                    for k in range(1, counts.images + 1)
                ]
    for modality, name in names.items():
        chosen = [j for j in jobs if j.modality == modality]
        _write_index(root / 'idx' / f'train_{name}.txt', chosen, train)
        _write_index(root / 'idx' / f'test_{name}.txt', chosen, test)
    _write_ids(root / 'idx' / 'test_id.txt', test)
    empty = root / 'test_nir' / f'cam{LLCM_NO_INFRARED}'
    empty.mkdir(parents=True, exist_ok=True)
    return jobs


LAYOUTS: dict[str, Callable[[Path, Counts, int], list[Job]]] = {
    'sysu': plan_sysu,
    'regdb': plan_regdb,
    'llcm': plan_llcm,
}
"""The functions that plan a data set, by the name of its layout."""
