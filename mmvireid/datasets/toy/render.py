"""Renders a whole toy data set."""

from functools import partial
from itertools import groupby
from multiprocessing import Pool
from pathlib import Path

from mmengine.utils import track_parallel_progress, track_progress

from .crop import render_crop
from .files import clear_folder, one_thread, write_image
from .layouts import LAYOUTS, Counts, Job


def render_toy_dataset(
    root: str | Path,
    layout: str = 'sysu',
    train_ids: int = 8,
    val_ids: int = 2,
    test_ids: int = 4,
    images_per_camera: int = 2,
    size: tuple[int, int] = (144, 72),
    seed: int = 0,
    workers: int = 0,
    overwrite: bool = False,
    progress: bool = False,
) -> None:
    """Render toy pedestrians in the layout of a real data set.

    The same arguments give the same bytes, whatever the number of workers.

    Args:
        root (str | Path): Folder to write to.
        layout (str): 'sysu' (SYSU-MM01), 'regdb' or 'llcm'.
        train_ids (int): Identities to train on, at least 1.
        val_ids (int): Identities for model selection. RegDB and LLCM have
            no such split: there they join the train identities.
        test_ids (int): Identities to test on, at least 1.
        images_per_camera (int): Images per identity and camera, at least 1.
            SYSU-MM01 has 6 cameras, RegDB 2, LLCM 18.
        size (tuple[int, int]): Height and width, pixels, 16 to 512.
        seed (int): Seed of people, cameras, images and splits.
        workers (int): Processes to render with; 0 or 1 renders in this one.
        overwrite (bool): Whether to delete what is in ``root`` first.
        progress (bool): Whether to show a progress bar.

    Raises:
        ValueError: If an argument is out of its range.
        FileExistsError: If ``root`` is not empty and ``overwrite`` is off.
    """
    counts = Counts(train_ids, val_ids, test_ids, images_per_camera)
    _check(layout, counts, size, seed, workers)
    root = Path(root)
    clear_folder(root, overwrite)
    jobs = LAYOUTS[layout](root, counts, seed)
    for folder in sorted({Path(job.path).parent for job in jobs}):
        (root / folder).mkdir(parents=True, exist_ok=True)
    people = [list(group) for _, group in groupby(jobs, lambda j: j.pid)]
    task = partial(_render_person, root=root, size=tuple(size), seed=seed)
    if workers > 1 and progress:
        track_parallel_progress(task, people, workers, keep_order=False)
    elif workers > 1:
        with Pool(workers) as pool:
            pool.map(task, people)
    elif progress:
        track_progress(task, people)
    else:
        for person in people:
            task(person)


def render_sysu(root: str | Path, **kwargs) -> None:
    """:func:`render_toy_dataset` in SYSU-MM01's layout."""
    render_toy_dataset(root, layout='sysu', **kwargs)


def render_regdb(root: str | Path, **kwargs) -> None:
    """:func:`render_toy_dataset` in RegDB's layout."""
    render_toy_dataset(root, layout='regdb', **kwargs)


def render_llcm(root: str | Path, **kwargs) -> None:
    """:func:`render_toy_dataset` in LLCM's layout."""
    render_toy_dataset(root, layout='llcm', **kwargs)


def _check(
    layout: str,
    counts: Counts,
    size: tuple[int, int],
    seed: int,
    workers: int,
) -> None:
    if layout not in LAYOUTS:
        raise ValueError(
            f'layout must be one of {sorted(LAYOUTS)}, found {layout!r}'
        )
    for name, value, least in (
        ('train_ids', counts.train, 1),
        ('val_ids', counts.val, 0),
        ('test_ids', counts.test, 1),
        ('images_per_camera', counts.images, 1),
        ('seed', seed, 0),
        ('workers', workers, 0),
    ):
        if value < least:
            raise ValueError(f'{name} must be at least {least}, found {value}')
    total = counts.train + counts.val + counts.test
    if total > 9999 or counts.images > 9999:
        raise ValueError(
            'identities and images are numbered with four digits: expected '
            f'at most 9999 of each, found {total} and {counts.images}'
        )
    if len(size) != 2 or not all(16 <= side <= 512 for side in size):
        raise ValueError(
            'size must be height and width of 16 to 512 pixels, found '
            f'{tuple(size)}'
        )


def _render_person(
    jobs: list[Job], root: Path, size: tuple[int, int], seed: int
) -> None:
    with one_thread():
        for job in jobs:
            image = render_crop(
                seed, job.pid, job.cam_id, job.modality, job.index, size
            )
            write_image(root / job.path, image)
