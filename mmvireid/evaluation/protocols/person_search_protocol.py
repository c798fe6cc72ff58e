"""Person search: which person is looked for in which scenes."""

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import torch
from torch import Tensor

from mmvireid.registry import PROTOCOLS
from mmvireid.structures import SearchTrial

from ..person_search.scenes import SceneRecords
from .base import INFRARED, VISIBLE, choose

CAMERAS = ('any', 'same', 'cross')
#: (query, gallery) modality of each direction.
DIRECTIONS = {
    'any': None,
    'v2v': (VISIBLE, VISIBLE),
    'i2i': (INFRARED, INFRARED),
    'v2i': (VISIBLE, INFRARED),
    'i2v': (INFRARED, VISIBLE),
}


@PROTOCOLS.register_module()
class PersonSearchProtocol:
    """Queries and galleries from the protocol files of a data set of scenes.

    A file holds ``{"protocol": name, "queries": [{"ann_id": int, "gallery":
    [image numbers] or null}]}``; ``null`` is every scene but the query's
    own. The converters of the data sets write them: CUHK-SYSU's gallery
    sizes and subsets, PRW's whole test set.

    Rows are named ``<name>/<file's name>``, followed by ``/same_camera`` or
    ``/cross_camera`` and by the direction where these are asked for, such as
    ``prw/all/cross_camera`` or ``toy/all/i2v``.

    Args:
        name (str): First part of the names of rows, such as ``'prw'``.
        ann_files (dict[str, str]): File of each row, by its name.
        cameras (Sequence[str]): Out of 'any', 'same' (the gallery holds only
            scenes of the query's camera) and 'cross' (only those of other
            cameras); each gives a row. Defaults to ``('any',)``.
        directions (Sequence[str]): Out of 'any', 'v2v', 'i2i', 'v2i'
            (visible queries, infrared scenes) and 'i2v'; each gives a row.
            Defaults to ``('any',)``.

    Raises:
        ValueError: If an option is unknown or there is no file.
    """

    def __init__(
        self,
        name: str,
        ann_files: dict[str, str],
        cameras: Sequence[str] = ('any',),
        directions: Sequence[str] = ('any',),
    ) -> None:
        if not ann_files:
            raise ValueError('ann_files must name at least one file.')
        self.name = name
        self.ann_files = dict(ann_files)
        self.cameras = choose('cameras', cameras, CAMERAS)
        self.directions = choose('directions', directions, list(DIRECTIONS))

    def trials(self, records: SceneRecords) -> list[SearchTrial]:
        """Make one trial for each row.

        Args:
            records (SceneRecords): The test set.

        Returns:
            list[SearchTrial]: The trials.

        Raises:
            FileNotFoundError: If a file is missing.
            ValueError: If a file does not hold a protocol, or nothing is
                left of a row.
            KeyError: If a file names scenes or boxes that are not there.
        """
        trials = []
        for row, path in self.ann_files.items():
            queries, galleries = read_protocol(path, records)
            for camera, direction in product(self.cameras, self.directions):
                name = f'{self.name}/{row}'
                name += '' if camera == 'any' else f'/{camera}_camera'
                name += '' if direction == 'any' else f'/{direction}'
                trials.append(
                    restrict(
                        name, records, queries, galleries, camera, direction
                    )
                )
        return trials


def read_protocol(
    path: str | Path, records: SceneRecords
) -> tuple[Tensor, list[Tensor] | None]:
    """Read a protocol file.

    Args:
        path (str | Path): The file.
        records (SceneRecords): The test set that it is about.

    Returns:
        tuple: ``(Q,)`` rows of boxes, and ``Q`` int32 lists of scenes; None
        instead of the lists if all are every scene but the query's own.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it holds something else.
        KeyError: If it names scenes or boxes that are not there.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(
            f'There is no protocol file "{path}". The converters in '
            'tools/dataset_converters/ write them beside the annotations, '
            'as far as the split has scenes enough: test_G100 needs more '
            'than 100.'
        )
    try:
        queries = json.loads(Path(path).read_text())['queries']
        numbers = [query['ann_id'] for query in queries]
        lists = [query['gallery'] for query in queries]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'"{path}" must hold {{"protocol": name, "queries": [{{"ann_id": '
            'number, "gallery": [image numbers] or null}, ...]}, but reading '
            f'it failed: {error!r}.'
        ) from error
    rows = records.rows_of('ann_ids', numbers)
    if all(gallery is None for gallery in lists):
        return rows, None
    own = records.box_scenes[rows].tolist()
    everything = torch.arange(len(records.img_ids), dtype=torch.int32)
    listed = [number for gallery in lists for number in gallery or ()]
    sizes = [len(gallery or ()) for gallery in lists]
    parts = records.rows_of('img_ids', listed).int().split(sizes)
    galleries = [
        everything[everything != scene] if gallery is None else part
        for gallery, part, scene in zip(lists, parts, own, strict=True)
    ]
    return rows, galleries


def restrict(
    name: str,
    records: SceneRecords,
    queries: Tensor,
    galleries: list[Tensor] | None,
    camera: str,
    direction: str,
) -> SearchTrial:
    """Keep the queries and scenes that a row is about.

    Args:
        name (str): Name of the row.
        records (SceneRecords): The test set.
        queries (Tensor): ``(Q,)`` rows of boxes.
        galleries (list[Tensor], optional): Their scenes; None stands for
            all but their own.
        camera (str): One of :data:`CAMERAS`.
        direction (str): One of :data:`DIRECTIONS`.

    Returns:
        SearchTrial: The trial.

    Raises:
        ValueError: If no query or no scene is left, or cameras are unknown.
    """
    own = records.box_scenes[queries]
    scenes = torch.ones(len(records.img_ids), dtype=torch.bool)
    kept = torch.ones_like(queries, dtype=torch.bool)
    if DIRECTIONS[direction] is not None:
        query_side, gallery_side = DIRECTIONS[direction]
        kept = records.modalities[own] == query_side
        scenes = records.modalities == gallery_side
    if not bool(kept.any()) or not bool(scenes.any()):
        raise ValueError(
            f'{name}: of {len(kept)} queries {int(kept.sum())} and of '
            f'{len(scenes)} scenes {int(scenes.sum())} are left. Check the '
            'protocol file and the modalities of the scenes, which the '
            'converter of PRW takes from --infrared-cameras.'
        )
    rows = kept.nonzero()[:, 0]
    lists = None
    if galleries is not None:
        lists = [galleries[row] for row in rows.tolist()]
        lists = [part[scenes[part.long()]] for part in lists]
    own = own[rows]
    if camera != 'any':
        lists = _of_cameras(name, records, own, scenes, lists, camera)
    return SearchTrial(name, queries[rows], own, scenes, lists)


def _of_cameras(
    name: str,
    records: SceneRecords,
    own: Tensor,
    scenes: Tensor,
    lists: list[Tensor] | None,
    camera: str,
) -> list[Tensor]:
    if bool((records.cam_ids < 0).any()):
        number = int((records.cam_ids < 0).sum())
        raise ValueError(
            f'{name}: {number} of {len(records.cam_ids)} scenes do not say '
            'their camera, so none can be told from another. CUHK-SYSU has '
            "no cameras; leave `cameras` at 'any' there."
        )
    everything = scenes.nonzero()[:, 0].int()
    chosen = []
    for number, scene in enumerate(own.tolist()):
        part = everything if lists is None else lists[number]
        if lists is None:
            part = part[part != scene]
        same = records.cam_ids[part.long()] == records.cam_ids[scene]
        chosen.append(part[same if camera == 'same' else ~same])
    return chosen
