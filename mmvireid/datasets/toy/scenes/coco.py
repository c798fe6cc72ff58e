"""COCO's files, for toy scenes."""

import json
from pathlib import Path

from .layout import Planned, Rendered
from .plan import ScenePlan, SceneSpec, plan_scenes

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
    return [
        (f'{_split(plan, spec)}2017/{plan.index + 1:012d}.jpg', plan)
        for plan in plan_scenes(seed, spec)
    ]


def _split(plan: ScenePlan, spec: SceneSpec) -> str:
    return 'train' if plan.index < spec.train_scenes else 'val'


def write_coco(root: Path, rendered: Rendered) -> None:
    """Write the json files.

    Args:
        root (Path): The data set's root.
        rendered (Rendered): The scenes.
    """
    (root / 'annotations').mkdir()
    number = 0
    for split in ('train', 'val'):
        images, boxes = [], []
        for (path, plan), seen in zip(
            rendered.planned, rendered.sightings, strict=True
        ):
            if _split(plan, rendered.spec) != split:
                continue
            image = plan.index + 1
            images.append(
                dict(
                    id=image,
                    file_name=Path(path).name,
                    height=rendered.size[0],
                    width=rendered.size[1],
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
