"""CUHK-SYSU: from its Matlab files to json."""

import logging
from collections import Counter
from pathlib import Path

import numpy as np
from mmengine.logging import print_log

from ..folders import require_layout
from .matlab import read_matrix, read_names, to_box, to_text
from .official_splits import report, write_splits
from .retrieval import Query, protocol
from .scene_annotations import (
    UNKNOWN,
    Scene,
    SceneAnnotations,
    image_size,
    write_json,
)

IMAGES = 'Image/SSM'
GALLERY_SIZES = (50, 100, 500, 1000, 2000, 4000)
SUBSETS = dict(occlusion=('Occlusion', 'Occlusion1'))
SUBSETS['resolution'] = ('Resolution', 'Test_Size')
"""File and variable of the protocols on parts of the queries."""

SPLIT_SEED = 0


def convert_cuhk_sysu(root: str | Path) -> dict[str, tuple[int, int, int]]:
    """Write the json files of CUHK-SYSU (Xiao et al., CVPR 2017).

    They go to ``<root>/annotations``: the splits trainval (the official
    training scenes), train and val, minitrain, minival and test, and of test
    the protocols ``G50`` to ``G4000``, ``all``, ``occlusion`` and
    ``resolution``. Those whose Matlab file is missing are left out, but for
    ``G50``, which names the test persons.

    The k-th person of the training list gets the number k, the k-th of the
    test list goes on from there. Scenes are sorted by name.

    Args:
        root (str | Path): The folder of the data set as it is distributed.

    Returns:
        dict[str, tuple[int, int, int]]: Images, boxes and known persons of
        each split.

    Raises:
        FileNotFoundError: If a file or a scene is missing.
        ValueError: If a file does not hold what it should.
    """
    root = Path(root)
    require_layout(root, [IMAGES, 'annotation'], 'CUHK-SYSU')
    lists = root / 'annotation/test/train_test'
    boxes = _read_boxes(root / 'annotation/Images.mat')
    test = set(read_names(root / 'annotation/pool.mat', 'pool'))
    unlisted = sorted(test - set(boxes))
    if unlisted:
        raise ValueError(
            f'pool.mat names {len(unlisted)} scenes that Images.mat does '
            f'not, e.g. {unlisted[0]}. Use files of one distribution.'
        )
    names = sorted(set(boxes) - test) + sorted(test)
    persons = {name: np.full(len(boxes[name]), UNKNOWN) for name in names}
    identify = _Identifier(boxes, persons)
    num_persons = identify.training(read_matrix(lists / 'Train.mat', 'Train'))
    identify.testing(
        read_matrix(lists / 'TestG50.mat', 'TestG50'), num_persons
    )
    identify.report_misses()
    scenes = [
        Scene(
            f'{IMAGES}/{name}',
            image_size(root / IMAGES / name),
            boxes[name],
            persons[name],
        )
        for name in names
    ]
    annotations = SceneAnnotations('cuhk_sysu', scenes)
    contents = write_splits(
        root / 'annotations', annotations, len(names) - len(test), SPLIT_SEED
    )
    _write_protocols(root, contents['test'])
    return report(contents)


def _read_boxes(path: Path) -> dict[str, np.ndarray]:
    """Read all boxes by image; those without extent are left out."""
    boxes = {}
    for scene in read_matrix(path, 'Img').ravel():
        cells = scene['box']
        # what is empty need not be a structure
        cells = cells['idlocate'].ravel() if cells.size else ()
        found = [to_box(cell) for cell in cells]
        found = np.array(found, dtype=int).reshape(-1, 4)
        boxes[to_text(scene['imname'])] = found[(found[:, 2:] > 0).all(1)]
    return boxes


class _Identifier:
    """Says who the person in a box is, as the lists of persons tell.

    Args:
        boxes (dict[str, np.ndarray]): ``(N, 4)`` boxes by image.
        persons (dict[str, np.ndarray]): ``(N,)`` numbers by image, changed
            in place.
    """

    def __init__(self, boxes: dict, persons: dict) -> None:
        self.boxes, self.persons = boxes, persons
        self.misses: Counter = Counter()

    def training(self, listed: np.ndarray) -> int:
        """Identify the persons to train on and count them."""
        people = listed.ravel()
        for number, person in enumerate(people, 1):
            for scene in person['scene'][0, 0].ravel():
                self._set(scene, number)
        return len(people)

    def testing(self, listed: np.ndarray, first: int) -> None:
        """Identify the persons of the queries."""
        for number, item in enumerate(listed.ravel(), first + 1):
            self._set(item['Query'][0, 0], number)
            for scene in item['Gallery'].ravel():
                if scene['idlocate'].size == 0:
                    break  # scenes with the person come first
                self._set(scene, number)

    def _set(self, scene: np.void, number: int) -> None:
        name, box = to_text(scene['imname']), to_box(scene['idlocate'])
        if name not in self.boxes:
            self.misses['scenes that Images.mat does not have'] += 1
            return
        hits = np.flatnonzero((self.boxes[name] == box).all(axis=1))
        if len(hits) == 0:
            self.misses['boxes that Images.mat does not have'] += 1
            return
        self.persons[name][hits[0]] = number

    def report_misses(self) -> None:
        """Log what could not be identified."""
        for what, count in self.misses.items():
            print_log(
                f'CUHK-SYSU: the lists of persons name {count} {what}.',
                logger='current',
                level=logging.WARNING,
            )


def _write_protocols(root: Path, content: dict) -> None:
    """Write those protocols of the test split whose files are there."""
    folder = root / 'annotation/test'
    files = {
        f'G{size}': (folder / f'train_test/TestG{size}.mat', f'TestG{size}')
        for size in GALLERY_SIZES
    }
    for name, (file, key) in SUBSETS.items():
        files[name] = (folder / f'subset/{file}.mat', key)
    missing = [name for name, (path, _) in files.items() if not path.is_file()]
    if missing:
        print_log(
            f'CUHK-SYSU: no protocols {", ".join(missing)}, as '
            f"'{files[missing[0]][0]}' and the like are missing.",
            logger='current',
            level=logging.WARNING,
        )
    read = _ProtocolReader(content)
    for name, (path, key) in files.items():
        if name in missing:
            continue
        queries = read(read_matrix(path, key))
        _write_protocol(root, name, queries)
        if name == 'G50':
            _write_protocol(root, 'all', [(box, None) for box, _ in queries])


def _write_protocol(root: Path, name: str, queries: list[Query]) -> None:
    path = root / f'annotations/test_{name}.json'
    write_json(path, protocol(name, queries))


class _ProtocolReader:
    """Turns a Matlab list of queries and galleries into numbers.

    Args:
        content (dict): The json of the test split.
    """

    def __init__(self, content: dict) -> None:
        self.images = {
            Path(image['file_name']).name: image['id']
            for image in content['images']
        }
        self.boxes: dict = {}
        for box in content['annotations']:
            # the first of equal boxes, as in identifying them
            key = (box['image_id'], tuple(box['bbox']))
            self.boxes.setdefault(key, box['id'])

    def __call__(self, listed: np.ndarray) -> list[Query]:
        queries = []
        for item in listed.ravel():
            query = item['Query'][0, 0]
            name, box = to_text(query['imname']), to_box(query['idlocate'])
            key = (self.images.get(name), box)
            if key not in self.boxes:
                raise ValueError(
                    f'A protocol asks for the box {box} in the scene {name}, '
                    'which is not in the test split. Use files of one '
                    'distribution.'
                )
            names = [to_text(n) for n in item['Gallery']['imname'].ravel()]
            strange = [n for n in names if n not in self.images]
            if strange:
                raise ValueError(
                    f'The gallery of the query in {name} names {strange[0]}, '
                    'which is not in pool.mat. Use files of one distribution.'
                )
            gallery = [self.images[n] for n in names]
            queries.append((self.boxes[key], gallery))
        return queries
