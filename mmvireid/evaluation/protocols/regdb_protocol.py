"""RegDB in both directions."""

from collections.abc import Sequence

import numpy as np

from mmvireid.registry import PROTOCOLS
from mmvireid.structures import RetrievalTrial

from .base import (
    INFRARED,
    VISIBLE,
    ImageList,
    RetrievalProtocol,
    choose,
    warn_of_count,
)

#: (query, gallery) modality of each direction.
DIRECTIONS = {'v2t': (VISIBLE, INFRARED), 't2v': (INFRARED, VISIBLE)}
#: Identities, and images of either modality, of the published test lists.
REAL_IDENTITIES, REAL_IMAGES = 206, 2060


@PROTOCOLS.register_module()
class RegDBProtocol(RetrievalProtocol):
    """RegDB (Nguyen et al., Sensors 2017).

    All images of one modality search all of the other. Nothing is excluded,
    and the CMC counts images. One test is one trial: the ten trials of RegDB
    are ten splits, and a model is tested on its own only. Rows are named
    ``regdb/v2t`` (visible queries) and ``regdb/t2v`` (thermal queries); the
    mean of both directions is a row as well.

    Args:
        directions (Sequence[str]): Out of 'v2t' and 't2v'. Defaults to both.

    Raises:
        ValueError: If a direction is unknown.
    """

    NAME = 'regdb'

    def __init__(self, directions: Sequence[str] = ('v2t', 't2v')) -> None:
        self.directions = choose('directions', directions, list(DIRECTIONS))
        self.averaged = tuple(f'regdb/{name}' for name in self.directions)

    def trials(self, images: ImageList) -> list[RetrievalTrial]:
        """List the directions."""
        real = len(np.unique(images.pids)) == REAL_IDENTITIES
        trials = []
        for name in self.directions:
            query, gallery = map(images.of_modality, DIRECTIONS[name])
            if real:
                warn_of_count(f'RegDB {name} queries', len(query), REAL_IMAGES)
            trials.append(
                self.make_trial(images, f'regdb/{name}', query, gallery)
            )
        return trials
