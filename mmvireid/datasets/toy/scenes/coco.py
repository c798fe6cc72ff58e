"""COCO's files, for toy scenes."""

import json
from pathlib import Path

from .layout import Planned, Sightings
from .plan import SceneSpec, plan_split

#: as COCO numbers them; the second has no boxes here
CATEGORIES = ({'id': 1, 'name': 'person'}, {'id': 27, 'name': 'backpack'})


def plan_coco(seed: int, spec: SceneSpec) -> Planned:
    """Plan the scenes; everyone is seen once, each scene is another place.

    Args:
        seed (int): Seed of the data set.
        spec (SceneSpec): How many scenes.

    Returns:
        Planned: Training scenes first.

    Raises:
        ValueError: If there shall be known persons or infrared cameras.
    """
    for name in ('train_ids', 'test_ids', 'infrared_cameras'):
        if getattr(spec, name):
            raise ValueError(
                f"nobody is known and no camera has a number in layout 'coco':"
                f' expected no {name}, found {getattr(spec, name)}'
            )
    last = spec.train_scenes + spec.test_scenes
    parts = (
        ('train', range(spec.train_scenes)),
        ('val', range(spec.train_scenes, last)),
    )
    return [
        (f'{split}2017/{plan.index + 1:012d}.jpg', plan)
        for split, scenes in parts
        for plan in plan_split(seed, (), scenes, None, spec)
    ]


def write_coco(
    root: Path,
    planned: Planned,
    sightings: Sightings,
    spec: SceneSpec,
    size: tuple[int, int],
    seed: int,
) -> None:
    """Write the json files.

    Args:
        root (Path): The data set's root.
        planned (Planned): The scenes.
        sightings (Sightings): Who is seen in each.
        spec (SceneSpec): Not needed: paths tell the split.
        size (tuple[int, int]): Height and width of the scenes.
        seed (int): Not needed: nothing is drawn.
    """
    (root / 'annotations').mkdir()
    number = 0
    for split in ('train', 'val'):
        images, boxes = [], []
        for (path, plan), seen in zip(planned, sightings, strict=True):
            if not path.startswith(split):
                continue
            image = plan.index + 1
            images.append(
                dict(
                    id=image,
                    file_name=Path(path).name,
                    height=size[0],
                    width=size[1],
                )
            )
            for sighting in seen:
                number += 1
                boxes.append(
                    dict(
                        id=number,
                        image_id=image,
                        category_id=1,
                        bbox=list(sighting.box),
                        area=sighting.box[2] * sighting.box[3],
                        iscrowd=0,
                    )
                )
        content = dict(images=images, annotations=boxes, categories=CATEGORIES)
        path = root / f'annotations/instances_{split}2017.json'
        path.write_text(json.dumps(content))
