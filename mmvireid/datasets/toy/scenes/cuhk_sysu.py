"""CUHK-SYSU's files, for toy scenes."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmvireid.datasets.conversion.cuhk_sysu import (
    GALLERY_SIZES,
    IMAGES,
    SUBSETS,
)

from ..matlab import cells, structures, write_matrices
from .layout import (
    Appearance,
    Planned,
    Rendered,
    Sightings,
    known_persons,
)
from .plan import SceneSpec, plan_scenes

SPLIT_STREAM = 67867967
"""Keeps the generators of protocols apart from those of images."""

SUBSET_SHARES = dict(occlusion=187 / 2900, resolution=290 / 2900)
"""Share of the queries in each subset, as in CUHK-SYSU."""

SUBSET_GALLERY = 100

_SCENE = ('imname', 'idlocate', 'ishard')
_QUERY = (*_SCENE, 'idname')


def plan_cuhk_sysu(seed: int, spec: SceneSpec) -> Planned:
    """Plan the scenes; each is another place.

    Args:
        seed (int): Seed of the data set.
        spec (SceneSpec): How many scenes and persons.

    Returns:
        Planned: Training scenes first.

    Raises:
        ValueError: If cameras shall be infrared: there are none.
    """
    if spec.infrared_cameras:
        raise ValueError(
            "infrared_cameras need cameras, as layout 'prw' has: found "
            f"{spec.infrared_cameras} with 'cuhk_sysu'"
        )
    return [
        (f'{IMAGES}/s{plan.index + 1}.jpg', plan)
        for plan in plan_scenes(seed, spec)
    ]


def write_cuhk_sysu(root: Path, rendered: Rendered) -> None:
    """Write the Matlab files.

    Args:
        root (Path): The data set's root.
        rendered (Rendered): The scenes.
    """
    names = [Path(path).name for path, _ in rendered.planned]
    sightings, split = rendered.sightings, rendered.spec.train_scenes
    folder = root / 'annotation'
    for part in ('test/train_test', 'test/subset'):
        (folder / part).mkdir(parents=True)
    write_matrices(folder / 'Images.mat', Img=_images(names, sightings))
    write_matrices(
        folder / 'pool.mat', pool=cells([_text(n) for n in names[split:]])
    )
    people = known_persons(sightings, range(split))
    write_matrices(
        folder / 'test/train_test/Train.mat', Train=_training(names, people)
    )
    _Protocols(root, names, rendered).write()


def _text(name: str) -> np.ndarray:
    return np.array([name])


def _located(name: str, box: Sequence[int]) -> dict:
    box = np.array(box, dtype=np.int32).reshape(1, -1) if box else ()
    return dict(
        imname=_text(name),
        idlocate=np.array(box, dtype=np.int32),
        ishard=np.uint8([[0]]),
    )


def _images(names: list[str], sightings: Sightings) -> np.ndarray:
    rows = []
    for name, seen in zip(names, sightings, strict=True):
        boxes = [
            dict(
                idlocate=np.array([s.box], dtype=np.int32),
                ishard=np.uint8([[0]]),
            )
            for s in seen
        ]
        rows.append(
            dict(
                imname=_text(name),
                nAppear=np.uint16([[len(seen)]]),
                box=structures(boxes, ('idlocate', 'ishard')),
            )
        )
    return structures(rows, ('imname', 'nAppear', 'box'))


def _training(
    names: list[str], people: dict[int, list[Appearance]]
) -> np.ndarray:
    rows = []
    for pid, found in people.items():
        scenes = [_located(names[a.scene], a.sighting.box) for a in found]
        row = dict(
            idname=_text(f'p{pid}'),
            nAppear=np.uint16([[len(found)]]),
            scene=structures(scenes, _SCENE),
        )
        rows.append(structures([row], ('idname', 'nAppear', 'scene')))
    return cells(rows)


class _Protocols:
    """Writes queries and galleries.

    Args:
        root (Path): The data set's root.
        names (list[str]): The names of all scenes.
        rendered (Rendered): The scenes.
    """

    def __init__(
        self, root: Path, names: list[str], rendered: Rendered
    ) -> None:
        self.folder = root / 'annotation/test'
        self.names = names
        self.scenes = np.arange(rendered.spec.train_scenes, len(names))
        self.people = known_persons(rendered.sightings, self.scenes.tolist())
        rng = np.random.default_rng([rendered.seed, SPLIT_STREAM])
        self.queries = {
            pid: found[rng.integers(len(found))]
            for pid, found in self.people.items()
        }
        self.rng = rng

    def write(self) -> None:
        """Write the gallery sizes that there are scenes for, and subsets."""
        for size in GALLERY_SIZES:
            if size == GALLERY_SIZES[0] or size < len(self.scenes):
                key = f'TestG{size}'
                content = self._galleries(list(self.queries), size)
                path = self.folder / f'train_test/{key}.mat'
                write_matrices(path, **{key: content})
        hardest = dict(
            occlusion=lambda query: query.sighting.visible,
            resolution=lambda query: query.sighting.box[3],
        )
        for name, (file, key) in SUBSETS.items():
            pids = sorted(
                self.queries,
                key=lambda p, name=name: hardest[name](self.queries[p]),
            )
            pids = pids[: math.ceil(SUBSET_SHARES[name] * len(pids))]
            content = self._galleries(sorted(pids), SUBSET_GALLERY)
            path = self.folder / f'subset/{file}.mat'
            write_matrices(path, **{key: content})

    def _galleries(self, pids: list[int], size: int) -> np.ndarray:
        """Give each query its person's scenes and random ones after them."""
        rows = []
        for pid in pids:
            scene, sighting = self.queries[pid]
            found = [a for a in self.people[pid] if a.scene != scene]
            own = [a.scene for a in self.people[pid]]
            others = self.rng.permutation(np.setdiff1d(self.scenes, own))
            others = others[: max(0, size - len(found))]
            query = _located(self.names[scene], sighting.box)
            query['idname'] = _text(f'p{pid}')
            gallery = [
                _located(self.names[a.scene], a.sighting.box) for a in found
            ]
            gallery += [_located(self.names[i], ()) for i in others]
            rows.append(
                dict(
                    Query=structures([query], _QUERY),
                    Gallery=structures(gallery, _SCENE),
                )
            )
        return structures(rows, ('Query', 'Gallery'))
