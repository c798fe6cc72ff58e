"""Which query is searched for in which scenes."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

Query = tuple[int, list[int] | None]
"""A box and its gallery; None is every scene of the split but its own."""


def protocol(name: str, queries: Iterable[Query]) -> dict:
    """Give the content of a protocol's json file.

    Args:
        name (str): The name of the protocol.
        queries (Iterable[Query]): The number of each query's annotation and
            of the images of its gallery.
    """
    return dict(
        protocol=name,
        queries=[dict(ann_id=box, gallery=g) for box, g in queries],
    )


def sample_queries(
    content: dict, gallery_size: int, seed: int, without: Iterable[int] = ()
) -> list[Query]:
    """Draw a retrieval protocol for a split that has none.

    Every known person with boxes in at least two scenes gives one query. Its
    gallery is all other scenes of the person and random ones.

    Args:
        content (dict): The json of the split.
        gallery_size (int): Scenes in a gallery, unless the split has fewer
            or the person is in more.
        seed (int): Seed of queries and galleries.
        without (Iterable[int]): Persons that give no query.

    Returns:
        list[Query]: By person; the galleries are sorted.
    """
    rng = np.random.default_rng(seed)
    boxes, scenes = defaultdict(list), defaultdict(set)
    for box in content['annotations']:
        if box['is_known']:
            boxes[box['person_id']].append(box)
            scenes[box['person_id']].add(box['image_id'])
    images = np.array([image['id'] for image in content['images']])
    queries = []
    for person in sorted(set(boxes) - set(without)):
        if len(scenes[person]) < 2:
            continue
        query = boxes[person][rng.integers(len(boxes[person]))]
        gallery = scenes[person] - {query['image_id']}
        others = np.setdiff1d(images, list(scenes[person]))
        missing = min(max(0, gallery_size - len(gallery)), len(others))
        gallery |= set(rng.choice(others, missing, replace=False).tolist())
        queries.append((query['id'], sorted(gallery)))
    return queries
