"""PRW's files, for toy scenes."""

from pathlib import Path

import numpy as np

from mmvireid.datasets.conversion.prw import NOT_IDENTIFIED

from ..matlab import cells, write_matrices
from .layout import Planned, Rendered, known_persons
from .plan import FIRST_STRANGER, SceneSpec, plan_scenes

CAMERAS = tuple(range(1, 7))
"""The cameras of PRW."""


def plan_prw(seed: int, spec: SceneSpec) -> Planned:
    """Plan the scenes of six cameras.

    Args:
        seed (int): Seed of the data set.
        spec (SceneSpec): How many scenes and persons.

    Returns:
        Planned: Training scenes first.

    Raises:
        ValueError: If an infrared camera is none of the six.
    """
    strange = sorted(set(spec.infrared_cameras) - set(CAMERAS))
    if strange:
        raise ValueError(
            f'infrared_cameras must be among {CAMERAS}, found {strange}'
        )
    return [
        (f'frames/c{plan.cam_id}s1_{25 * plan.index + 1:06d}.jpg', plan)
        for plan in plan_scenes(seed, spec, CAMERAS)
    ]


def write_prw(root: Path, rendered: Rendered) -> None:
    """Write the Matlab and text files.

    Args:
        root (Path): The data set's root.
        rendered (Rendered): The scenes.
    """
    names = [Path(path).stem for path, _ in rendered.planned]
    (root / 'annotations').mkdir()
    for name, seen in zip(names, rendered.sightings, strict=True):
        rows = [
            (s.pid if s.pid < FIRST_STRANGER else NOT_IDENTIFIED, *s.box)
            for s in seen
        ]
        write_matrices(
            root / f'annotations/{name}.jpg.mat',
            box_new=np.array(rows, dtype=float).reshape(-1, 5),
        )
    split = rendered.spec.train_scenes
    for half, part in (('train', names[:split]), ('test', names[split:])):
        write_matrices(
            root / f'frame_{half}.mat',
            **{f'img_index_{half}': cells([np.array([n]) for n in part])},
        )
    _write_queries(root, names, rendered)


def _write_queries(root: Path, names: list[str], rendered: Rendered) -> None:
    """Write a query for each test person and camera."""
    lines = []
    scenes = range(rendered.spec.train_scenes, len(names))
    people = known_persons(rendered.sightings, scenes)
    for pid, found in people.items():
        cameras = set()
        for scene, sighting in found:
            camera = rendered.planned[scene][1].cam_id
            if camera not in cameras:
                cameras.add(camera)
                box = ' '.join(f'{side:.6f}' for side in sighting.box)
                lines.append(f'{pid} {box} {names[scene]}\r\n')
    (root / 'query_info.txt').write_bytes(''.join(lines).encode())
