"""Renders whole toy scenes in the layout of a person search data set."""

from collections.abc import Callable
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from mmengine.utils import track_parallel_progress, track_progress

from ..files import clear_folder, one_thread, write_image
from .coco import plan_coco, write_coco
from .compose import Sighting, render_scene
from .cuhk_sysu import plan_cuhk_sysu, write_cuhk_sysu
from .layout import Layout, Rendered
from .plan import ScenePlan, SceneSpec
from .prw import plan_prw, write_prw

SCENE_LAYOUTS: dict[str, Layout] = {
    'cuhk_sysu': Layout(plan_cuhk_sysu, write_cuhk_sysu),
    'prw': Layout(plan_prw, write_prw),
    'coco': Layout(plan_coco, write_coco, stream=15485863),
}
"""How each data set names its scenes and writes its annotations."""


def render_toy_scenes(
    root: str | Path,
    layout: str,
    spec: SceneSpec,
    size: tuple[int, int] = (240, 320),
    seed: int = 0,
    dyed: bool = False,
    workers: int = 0,
    overwrite: bool = False,
    progress: bool = False,
) -> None:
    """Render scenes with the annotations of a real data set.

    The same arguments give the same bytes, whatever the number of workers.
    The files are those that the data set's authors distribute; the tools in
    ``tools/dataset_converters`` convert them.

    Args:
        root (str | Path): Folder to write to.
        layout (str): 'cuhk_sysu' (every scene another place), 'prw' (six
            cameras, some of which may be infrared) or 'coco' (every person
            is seen once).
        spec (SceneSpec): How many scenes and persons.
        size (tuple[int, int]): Height and width of the scenes, pixels, 64
            to 1024.
        seed (int): Seed of people, places and scenes.
        dyed (bool): Whether clothes have other colours before each camera.
        workers (int): Processes to render with; 0 or 1 renders in this one.
        overwrite (bool): Whether to delete what is in ``root`` first.
        progress (bool): Whether to show a progress bar.

    Raises:
        ValueError: If an argument is out of its range.
        FileExistsError: If ``root`` is not empty and ``overwrite`` is off.
    """
    _check(layout, size, seed, workers)
    root = Path(root)
    plan, write, stream = SCENE_LAYOUTS[layout]
    seed += stream
    planned = plan(seed, spec)
    clear_folder(root, overwrite)
    jobs = [(root / path, scene) for path, scene in planned]
    for folder in sorted({path.parent for path, _ in jobs}):
        folder.mkdir(parents=True, exist_ok=True)
    task = partial(_render, seed=seed, size=tuple(size), dyed=dyed)
    sightings = _map(task, jobs, workers, progress)
    write(root, Rendered(planned, sightings, spec, tuple(size), seed))


def _check(
    layout: str, size: tuple[int, int], seed: int, workers: int
) -> None:
    if layout not in SCENE_LAYOUTS:
        raise ValueError(
            f'layout must be one of {sorted(SCENE_LAYOUTS)}, found {layout!r}'
        )
    if len(size) != 2 or not all(64 <= side <= 1024 for side in size):
        raise ValueError(
            'size must be height and width of 64 to 1024 pixels, found '
            f'{tuple(size)}'
        )
    for name, value in (('seed', seed), ('workers', workers)):
        if value < 0:
            raise ValueError(f'{name} must be at least 0, found {value}')


def _map(
    task: Callable,
    jobs: list[tuple[Path, ScenePlan]],
    workers: int,
    progress: bool,
) -> list[tuple[Sighting, ...]]:
    """Render all scenes; return who is seen in each."""
    if workers > 1 and progress:
        return track_parallel_progress(task, jobs, workers)
    if workers > 1:
        with Pool(workers) as pool:
            return pool.map(task, jobs)
    return track_progress(task, jobs) if progress else list(map(task, jobs))


def _render(
    job: tuple[Path, ScenePlan],
    seed: int,
    size: tuple[int, int],
    dyed: bool,
) -> tuple[Sighting, ...]:
    path, plan = job
    with one_thread():
        view = render_scene(seed, plan, size, dyed)
        write_image(path, view.image)
    return view.sightings
