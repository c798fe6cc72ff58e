"""Who is in which scene, seen by which camera."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmvireid.datasets.samplers.deck import Deck

PLAN_STREAM = 49979687
"""Keeps the generators of plans apart from those of images."""

FIRST_STRANGER = 1_000_000
"""Number of the first person that nobody identifies."""

GROUP_SIZE = 8
"""Persons who meet one another; those of two groups never do."""


@dataclass(frozen=True)
class SceneSpec:
    """How many scenes to render and what is in them.

    Args:
        train_ids (int): Known persons to train on, 0 or more.
        test_ids (int): Known persons to test on, 0 or more.
        train_scenes (int): Scenes to train on, at least 1.
        test_scenes (int): Scenes to test on, at least 1.
        people (tuple[int, int]): Fewest and most persons in a scene.
        strangers (float): Share of them that nobody identifies, in [0, 1].
        infrared_cameras (tuple[int, ...]): Numbers of the cameras that see
            infrared.
    """

    train_ids: int
    test_ids: int
    train_scenes: int
    test_scenes: int
    people: tuple[int, int] = (3, 6)
    strangers: float = 0.3
    infrared_cameras: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        least = dict(train_ids=0, test_ids=0, train_scenes=1, test_scenes=1)
        for name, value in least.items():
            if getattr(self, name) < value:
                raise ValueError(
                    f'{name} must be at least {value}, found '
                    f'{getattr(self, name)}'
                )
        low, high = self.people
        if not 1 <= low <= high <= GROUP_SIZE:
            raise ValueError(
                'people must be the fewest and the most persons in a scene, '
                f'1 to {GROUP_SIZE}, found {self.people}'
            )
        if not 0 <= self.strangers <= 1:
            raise ValueError(
                f'strangers must be in [0, 1], found {self.strangers}'
            )


@dataclass(frozen=True)
class ScenePlan:
    """A scene to render.

    Args:
        index (int): Number of the scene in the data set.
        cam_id (int): Number of the camera.
        modality (int): 0 visible, 1 infrared.
        pids (tuple[int, ...]): Numbers of the persons; those from
            :data:`FIRST_STRANGER` on are not identified.
    """

    index: int
    cam_id: int
    modality: int
    pids: tuple[int, ...]


def plan_scenes(
    seed: int, spec: SceneSpec, cameras: Sequence[int] | None = None
) -> list[ScenePlan]:
    """Plan the scenes to train on, then those to test on.

    Known persons are numbered from 1 on, in the same order.

    Args:
        seed (int): Seed of the data set.
        spec (SceneSpec): How many scenes and persons.
        cameras (Sequence[int], optional): See :func:`plan_split`. Defaults
            to None.

    Returns:
        list[ScenePlan]: The plans by the number of the scene.
    """
    last = spec.train_scenes + spec.test_scenes
    pids = range(1, 1 + spec.train_ids + spec.test_ids)
    return [
        *plan_split(
            seed,
            pids[: spec.train_ids],
            range(spec.train_scenes),
            cameras,
            spec,
        ),
        *plan_split(
            seed,
            pids[spec.train_ids :],
            range(spec.train_scenes, last),
            cameras,
            spec,
        ),
    ]


def plan_split(
    seed: int,
    pids: Sequence[int],
    scenes: Sequence[int],
    cameras: Sequence[int] | None,
    spec: SceneSpec,
) -> list[ScenePlan]:
    """Deal persons out to scenes.

    The persons come in groups of about :data:`GROUP_SIZE`, each with its
    share of the scenes, in which all of them are seen about equally often
    and by as many cameras as there are.

    Args:
        seed (int): Seed of the data set.
        pids (Sequence[int]): The known persons; there may be none.
        scenes (Sequence[int]): The numbers of the scenes.
        cameras (Sequence[int], optional): The numbers of the cameras. None
            has another place, and so camera, in each scene.
        spec (SceneSpec): What is in the scenes.

    Returns:
        list[ScenePlan]: A plan of each scene, in their order.

    Raises:
        ValueError: If there are too few scenes for everyone to be planned
            for two.
    """
    rng = np.random.default_rng([seed, scenes[0], PLAN_STREAM])
    people = rng.integers(spec.people[0], spec.people[1] + 1, len(scenes))
    known = np.rint(people * (1 - spec.strangers)).astype(int)
    if not len(pids):
        known[:] = 0
    elif known.sum() < 2 * len(pids):
        raise ValueError(
            f'{len(scenes)} scenes have room for {known.sum()} sightings of '
            f'{len(pids)} known persons, who need two each: expected more '
            'scenes or people, or fewer ids or strangers'
        )
    count = max(1, min(len(pids) // GROUP_SIZE, len(scenes)))
    groups = np.array_split(rng.permutation(np.array(pids, dtype=int)), count)
    decks = [Deck(group, rng) for group in groups]
    # all scenes of a group, then those of the next
    owner = np.arange(len(scenes)) * count // len(scenes)
    places = None if cameras is None else Deck(np.array(cameras), rng)
    plans = []
    for row, index in enumerate(scenes):
        deck = decks[owner[row]]
        number = min(known[row], len(deck.items))
        strangers = FIRST_STRANGER + 100 * index
        chosen = deck.draw(number).tolist() if number else []
        chosen += range(strangers, strangers + people[row] - known[row])
        cam_id = index if places is None else int(places.draw(1)[0])
        plans.append(
            ScenePlan(
                index,
                cam_id,
                int(cam_id in spec.infrared_cameras),
                tuple(rng.permutation(chosen).astype(int).tolist()),
            )
        )
    return plans
