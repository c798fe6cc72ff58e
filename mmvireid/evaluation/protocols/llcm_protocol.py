"""LLCM in both directions, one of them in two readings."""

from collections.abc import Sequence

import numpy as np

from mmvireid.registry import PROTOCOLS
from mmvireid.structures import MODALITIES, RetrievalTrial

from .base import (
    INFRARED,
    VISIBLE,
    ImageList,
    RetrievalProtocol,
    choose,
    draw_by_seed,
    warn_of_count,
)
from .exclusion import same_camera_and_person

#: Identities, visible and infrared images of the published test set.
REAL_IDENTITIES, REAL_VISIBLE, REAL_INFRARED = 351, 8680, 7166


@PROTOCOLS.register_module()
class LLCMProtocol(RetrievalProtocol):
    """LLCM (Zhang and Wang, CVPR 2023).

    All images of one modality search a gallery with one image of each person
    in each camera of the other. A query does not see its own person from its
    own camera, and the CMC counts identities.

    Visible to infrared has two readings, which give very different numbers.
    'paper': visible queries, a drawn infrared gallery. 'official_script':
    what the released test script computes under that name, the drawn
    infrared images as queries against *all* visible images.

    Rows are named ``llcm/i2v``, ``llcm/v2i/paper`` and
    ``llcm/v2i/official_script``; the mean of the first two is a row as well.

    Args:
        directions (Sequence[str]): Out of 'i2v' and 'v2i'. Defaults to both.
        v2i_readings (Sequence[str]): Out of 'paper' and 'official_script'.
            Defaults to both.
        trials (int): How often images are drawn. Defaults to 10.

    Raises:
        ValueError: If an argument is none of these.
    """

    NAME = 'llcm'

    def __init__(
        self,
        directions: Sequence[str] = ('i2v', 'v2i'),
        v2i_readings: Sequence[str] = ('paper', 'official_script'),
        trials: int = 10,
    ) -> None:
        self.directions = choose('directions', directions, ['i2v', 'v2i'])
        self.readings = choose(
            'v2i_readings', v2i_readings, ['paper', 'official_script']
        )
        if trials < 1:
            raise ValueError(f'trials must be at least 1, but got {trials}.')
        self.num_trials = trials
        if len(self.directions) == 2 and 'paper' in self.readings:
            self.averaged = ('llcm/i2v', 'llcm/v2i/paper')

    def trials(self, images: ImageList) -> list[RetrievalTrial]:
        """Draw the galleries of both directions."""
        every, drawn = [], []
        for modality in (VISIBLE, INFRARED):
            every.append(images.of_modality(modality))
            groups = images.by_person_and_camera(modality)
            drawn.append(
                [
                    draw_by_seed(groups, 1, seed)
                    for seed in range(self.num_trials)
                ]
            )
        rows = []
        if 'i2v' in self.directions:
            rows += [
                ('llcm/i2v', every[INFRARED], draw) for draw in drawn[VISIBLE]
            ]
        if 'v2i' in self.directions:
            sides = {
                'paper': lambda draw: (every[VISIBLE], draw),
                'official_script': lambda draw: (draw, every[VISIBLE]),
            }
            rows += [
                (f'llcm/v2i/{reading}', *sides[reading](draw))
                for reading in self.readings
                for draw in drawn[INFRARED]
            ]
        if len(np.unique(images.pids)) == REAL_IDENTITIES:
            counts = (REAL_VISIBLE, REAL_INFRARED)
            for name, found, expected in zip(
                MODALITIES, every, counts, strict=True
            ):
                warn_of_count(f'LLCM {name} test', len(found), expected)
        return [
            self.make_trial(
                images,
                name,
                query,
                gallery,
                same_camera_and_person,
                'identity',
            )
            for name, query, gallery in rows
        ]
