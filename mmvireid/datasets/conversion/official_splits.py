"""Writing the splits of a data set that has training and test scenes."""

from collections.abc import Iterable
from pathlib import Path

from .retrieval import protocol, sample_queries
from .scene_annotations import SceneAnnotations, write_json
from .splits import commonest_persons, mini_split, split_train_val

VAL_GALLERY = 100


def write_splits(
    folder: Path,
    annotations: SceneAnnotations,
    num_train: int,
    seed: int,
    ignored_persons: int = 0,
) -> dict[str, dict]:
    """Write trainval, train, val, minitrain, minival and test.

    The validation splits get the protocols ``all`` and ``G100``, with one
    query for each person who is in two of their scenes. Persons who were
    ignored in splitting are none of them, as they may have been trained on;
    ``info`` lists them as ``shared_persons``.

    Args:
        folder (Path): Where the files go.
        annotations (SceneAnnotations): All scenes, training scenes first.
        num_train (int): How many scenes are for training.
        seed (int): Seed of the splits.
        ignored_persons (int): How many of the commonest persons may be both
            in train and in val. Defaults to 0.

    Returns:
        dict[str, dict]: The content of each file by the split's name.
    """
    official = annotations.to_coco(range(num_train))
    ignored = commonest_persons(official, ignored_persons)
    train, val = split_train_val(official, seed, ignored=ignored)
    last = len(annotations.images)
    splits = dict(
        trainval=range(num_train),
        train=train,
        val=val,
        minitrain=mini_split(official, train, seed),
        minival=mini_split(official, val, seed),
        test=range(num_train, last),
    )
    contents = {
        name: annotations.to_coco(images) for name, images in splits.items()
    }
    for name in ('val', 'minival'):
        contents[name]['info']['shared_persons'] = ignored
    for name, content in contents.items():
        write_json(folder / f'{name}.json', content)
    for name in ('val', 'minival'):
        _write_protocols(folder, name, contents[name], seed, ignored)
    return contents


def _write_protocols(
    folder: Path, split: str, content: dict, seed: int, without: Iterable[int]
) -> None:
    queries = sample_queries(content, VAL_GALLERY, seed, without)
    everywhere = [(query, None) for query, _ in queries]
    for name, chosen in (('all', everywhere), ('G100', queries)):
        write_json(folder / f'{split}_{name}.json', protocol(name, chosen))


def report(contents: dict[str, dict]) -> dict[str, tuple[int, int, int]]:
    """Count what splits hold.

    Args:
        contents (dict[str, dict]): The content of each file.

    Returns:
        dict[str, tuple[int, int, int]]: Images, boxes and known persons of
        each split.
    """
    return {
        name: (
            len(content['images']),
            len(content['annotations']),
            len(
                {
                    box['person_id']
                    for box in content['annotations']
                    if box['is_known']
                }
            ),
        )
        for name, content in contents.items()
    }
