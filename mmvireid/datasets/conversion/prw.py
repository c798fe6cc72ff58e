"""PRW: from its Matlab and text files to json."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..folders import require_file, require_layout
from .matlab import read_matrix, read_names
from .official_splits import report, write_splits
from .retrieval import protocol
from .scene_annotations import (
    UNKNOWN,
    Scene,
    SceneAnnotations,
    image_size,
    write_json,
)

BOX_KEYS = ('box_new', 'anno_file', 'anno_previous')
"""The variables under which the boxes of a scene may be."""

NOT_IDENTIFIED = -2

WIDER_QUERIES = {
    'c5s2_042630': 60,
    'c5s2_082752': 120,
    'c5s2_120599': 120,
}
"""Queries that the list has one pixel wider than the scene's own file."""

SPLIT_SEED = 2
COMMONEST = 100
"""So many persons are in so many scenes that they would connect them all.

In smaller sets of scenes it is a quarter of the persons.
"""

_CAMERA = re.compile(r'c(\d+)s\d+_')


def convert_prw(
    root: str | Path, infrared_cameras: Iterable[int] = ()
) -> dict[str, tuple[int, int, int]]:
    """Write the json files of PRW (Zheng et al., CVPR 2017).

    They go to ``<root>/annotations``: the splits trainval (the official
    training scenes), train and val, minitrain, minival and test, and of test
    the protocol ``all``, of which ``PersonSearchProtocol(cameras=...)`` makes
    those within and across cameras. Scenes are sorted by name.

    Args:
        root (str | Path): The folder of the data set as it is distributed.
        infrared_cameras (Iterable[int]): The numbers of infrared cameras.
            PRW itself has none, but scenes of one's own in its layout may.
            Defaults to none.

    Returns:
        dict[str, tuple[int, int, int]]: Images, boxes and known persons of
        each split.

    Raises:
        FileNotFoundError: If a file or a scene is missing.
        ValueError: If a file does not hold what it should.
    """
    root = Path(root)
    require_layout(root, ['frames', 'annotations', 'query_info.txt'], 'PRW')
    infrared = frozenset(infrared_cameras)
    train, test = (
        sorted(read_names(root / f'frame_{half}.mat', f'img_index_{half}'))
        for half in ('train', 'test')
    )
    scenes = [_read_scene(root, name, infrared) for name in train + test]
    _check_cameras(infrared, {scene.cam_id for scene in scenes})
    annotations = SceneAnnotations('prw', scenes)
    folder = root / 'annotations'
    known = {p for scene in scenes[: len(train)] for p in scene.person_ids}
    commonest = min(COMMONEST, len(known - {UNKNOWN}) // 4)
    contents = write_splits(
        folder, annotations, len(train), SPLIT_SEED, commonest
    )
    queries = _read_queries(root / 'query_info.txt', contents['test'])
    everywhere = [(query, None) for query in queries]
    write_json(folder / 'test_all.json', protocol('all', everywhere))
    return report(contents)


def _read_scene(root: Path, name: str, infrared: frozenset) -> Scene:
    """Read the boxes and the size of one scene."""
    camera = _CAMERA.match(name)
    if camera is None:
        raise ValueError(
            f"The scene '{name}' should be named like c1s1_000151, with the "
            'number of its camera first.'
        )
    path = root / f'annotations/{name}.jpg.mat'
    rows = np.asarray(read_matrix(path, BOX_KEYS), dtype=float)
    if rows.size and (rows.ndim != 2 or rows.shape[1] != 5):
        raise ValueError(
            f"'{path}' must hold rows of a person and a box (5 numbers), but "
            f'its shape is {rows.shape}.'
        )
    rows = rows.reshape(-1, 5)
    persons = rows[:, 0].astype(int)
    camera = int(camera[1])
    return Scene(
        f'frames/{name}.jpg',
        image_size(root / f'frames/{name}.jpg'),
        rows[:, 1:].clip(min=0),
        np.where(persons == NOT_IDENTIFIED, UNKNOWN, persons),
        camera,
        int(camera in infrared),
    )


def _check_cameras(infrared: frozenset, found: set) -> None:
    strange = sorted(infrared - found)
    if strange:
        raise ValueError(
            f'The infrared cameras {strange} are not among those of the '
            f'scenes, {sorted(found)}.'
        )


def _read_queries(path: Path, content: dict) -> list[int]:
    """Find the annotation of each line of the list of queries."""
    images = {
        Path(image['file_name']).stem: image['id']
        for image in content['images']
    }
    boxes: dict[tuple, list[dict]] = {}
    for box in content['annotations']:
        key = (box['image_id'], box['person_id'])
        boxes.setdefault(key, []).append(box)
    found = []
    require_file(path, 'lines of "person left top width height scene"')
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            person, name = int(words[0]), words[5]
            wanted = np.array(words[1:5], dtype=float).clip(min=0)
        except (IndexError, ValueError) as error:
            raise ValueError(
                f"Line {number} of '{path}' must be 'person left top width "
                f"height scene', but it is '{line}'."
            ) from error
        name = Path(name).stem
        if abs(wanted[2] - WIDER_QUERIES.get(name, np.inf)) < 0.5:
            wanted[2] -= 1
        candidates = boxes.get((images.get(name), person), [])
        same = [b for b in candidates if np.abs(b['bbox'] - wanted).max() < 1]
        if not same:
            raise ValueError(
                f"Line {number} of '{path}' asks for person {person} in "
                f'{name} at {wanted.tolist()}, but the test split has '
                f'{[b["bbox"] for b in candidates]} of that person there.'
            )
        found.append(same[0]['id'])
    return found
