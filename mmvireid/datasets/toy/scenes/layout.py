"""What a layout of scenes consists of, and what layouts share."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from .compose import Sighting
from .plan import FIRST_STRANGER, ScenePlan, SceneSpec

Planned = list[tuple[str, ScenePlan]]
"""The path of each scene, relative to the root, and its plan."""

Sightings = Sequence[tuple[Sighting, ...]]
"""Who is seen in each scene."""


class Rendered(NamedTuple):
    """Scenes that have been rendered.

    Args:
        planned (Planned): The scenes, those to train on first.
        sightings (Sightings): Who is seen in each.
        spec (SceneSpec): How many scenes and persons were asked for.
        size (tuple[int, int]): Height and width of the scenes, pixels.
        seed (int): Seed of the data set.
    """

    planned: Planned
    sightings: Sightings
    spec: SceneSpec
    size: tuple[int, int]
    seed: int


class Layout(NamedTuple):
    """How the scenes of a layout are made.

    Args:
        plan (Callable): From seed and specification to the plans.
        write (Callable): Writes the annotations of rendered scenes, told
            the data set's root and the scenes.
        stream (int): Added to the seed, so that a detector is not
            pre-trained on the places and persons that it is tested on.
            Defaults to 0.
    """

    plan: Callable[[int, SceneSpec], Planned]
    write: Callable[[Path, Rendered], None]
    stream: int = 0


class Appearance(NamedTuple):
    """A known person in a scene.

    Args:
        scene (int): Position of the scene.
        sighting (Sighting): How the person is seen.
    """

    scene: int
    sighting: Sighting


def known_persons(
    sightings: Sightings, scenes: Sequence[int]
) -> dict[int, list[Appearance]]:
    """List where known persons are seen.

    Args:
        sightings (Sightings): Who is seen in each scene.
        scenes (Sequence[int]): Positions of the scenes to look at.

    Returns:
        dict[int, list[Appearance]]: By person, ascending, those who are in
        at least two scenes.
    """
    found = defaultdict(list)
    for scene in scenes:
        for sighting in sightings[scene]:
            if sighting.pid < FIRST_STRANGER:
                found[sighting.pid].append(Appearance(scene, sighting))
    return {pid: found[pid] for pid in sorted(found) if len(found[pid]) > 1}
