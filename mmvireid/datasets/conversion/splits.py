"""Taking validation scenes out of the training scenes."""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

VAL_SHARE = 0.2
MINI_SIZE = 100


def split_train_val(
    content: dict,
    seed: int,
    share: float = VAL_SHARE,
    ignored: Iterable[int] = (),
) -> tuple[list[int], list[int]]:
    """Split scenes such that no person is on both sides.

    Two scenes with the same known person stay together, and so do all that
    are connected through others. Such groups, but not scenes that stand
    alone, are put aside in random order until they make up ``share`` of the
    scenes; a group that would pass it is left to the training scenes.

    Args:
        content (dict): The json of all scenes.
        seed (int): Seed of the order.
        share (float): Largest share of validation scenes, in (0, 1).
            Defaults to 0.2.
        ignored (Iterable[int]): Persons who do not connect scenes, and may
            so be on both sides.

    Returns:
        tuple[list[int], list[int]]: Numbers of the training and of the
        validation images, ascending.
    """
    numbers = np.array([image['id'] for image in content['images']])
    group = _group_scenes(content, numbers, set(ignored))
    sizes = np.bincount(group)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(sizes > 1))
    chosen, total = [], 0
    for candidate in order.tolist():
        if total + sizes[candidate] <= share * len(numbers):
            chosen.append(candidate)
            total += sizes[candidate]
    held_out = np.isin(group, chosen)
    return numbers[~held_out].tolist(), numbers[held_out].tolist()


def _group_scenes(
    content: dict, numbers: np.ndarray, ignored: set[int]
) -> np.ndarray:
    """Return the number of each scene's group."""
    links = [
        (box['image_id'], box['person_id'])
        for box in content['annotations']
        if box['is_known'] and box['person_id'] not in ignored
    ]
    scenes, persons = np.array(links, dtype=int).reshape(-1, 2).T
    scenes = np.searchsorted(numbers, scenes)
    _, persons = np.unique(persons, return_inverse=True)
    # scenes and persons are nodes, boxes are edges
    size = len(numbers) + len(links)
    ones = np.ones(len(links), dtype=np.int8)
    edges = coo_matrix(
        (ones, (scenes, len(numbers) + persons)), shape=(size, size)
    )
    _, group = connected_components(edges, directed=False)
    return np.unique(group[: len(numbers)], return_inverse=True)[1]


def commonest_persons(content: dict, count: int) -> list[int]:
    """List the known persons with the most boxes.

    Args:
        content (dict): The json of the scenes.
        count (int): How many persons.

    Returns:
        list[int]: At most ``count``, the commonest first, the lower number
        first among equals.
    """
    persons, boxes = np.unique(
        [b['person_id'] for b in content['annotations'] if b['is_known']],
        return_counts=True,
    )
    order = np.argsort(-boxes, kind='stable')
    return persons[order][:count].astype(int).tolist()


def mini_split(content: dict, images: list[int], seed: int) -> list[int]:
    """Choose a few scenes in which persons recur.

    Scenes are taken person by person, in random order, then at random.

    Args:
        content (dict): The json of all scenes.
        images (list[int]): The numbers of those to choose from.
        seed (int): Seed of the choice.

    Returns:
        list[int]: Up to :data:`MINI_SIZE` numbers, ascending.
    """
    rng = np.random.default_rng(seed)
    allowed = set(images)
    by_person: dict[int, list[int]] = {}
    for box in content['annotations']:
        if box['is_known'] and box['image_id'] in allowed:
            by_person.setdefault(box['person_id'], []).append(box['image_id'])
    persons = rng.permutation(sorted(by_person)).astype(int).tolist()
    candidates = [scene for p in persons for scene in by_person[p]]
    candidates += rng.permutation(sorted(allowed)).tolist()
    return sorted(list(dict.fromkeys(candidates))[:MINI_SIZE])
