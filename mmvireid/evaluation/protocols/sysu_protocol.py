"""The search settings of SYSU-MM01."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmvireid.registry import PROTOCOLS
from mmvireid.structures import RetrievalTrial

from .base import (
    INFRARED,
    VISIBLE,
    ImageList,
    RetrievalProtocol,
    choose,
    draw_by_seed,
    warn_of_count,
)
from .exclusion import sysu_same_location
from .sysu_permutations import draw_by_permutation, read_permutations

#: Visible cameras of each mode.
CAMERAS = {'all': (1, 2, 4, 5), 'indoor': (1, 2)}
INFRARED_CAMERAS = (3, 6)
SHOT_NAMES = {1: 'single', 10: 'multi'}
#: Identities, queries and single-shot images of the published test set.
REAL_IDENTITIES, REAL_QUERIES, REAL_ALL_SINGLE = 96, 3803, 301


@PROTOCOLS.register_module()
class SYSUProtocol(RetrievalProtocol):
    """SYSU-MM01 (Wu et al., ICCV 2017).

    All infrared images are queries. The gallery holds one (single-shot) or
    ten (multi-shot) images of each person *in each visible camera*, all of
    them or the indoor ones. A query of camera 3 does not see camera 2, and
    the CMC counts identities. Rows are named ``sysu/<mode>/<single|multi>``.

    Args:
        modes (Sequence[str]): Out of 'all' and 'indoor'. Defaults to both.
        shots (Sequence[int]): Images of a person and camera, 1 or 10.
            Defaults to both.
        trials (int): How often the gallery is drawn. Defaults to 10.
        gallery_selection (str): 'seed': drawn with python's generator seeded
            by the number of the trial, as most published code does.
            'official_mat': the permutations of ``exp/rand_perm_cam.mat``.
            The two differ by tenths of a percent and are not to be compared.
            Defaults to 'seed'.

    Raises:
        ValueError: If an argument is none of these.
    """

    NAME = 'sysu'

    def __init__(
        self,
        modes: Sequence[str] = ('all', 'indoor'),
        shots: Sequence[int] = (1, 10),
        trials: int = 10,
        gallery_selection: str = 'seed',
    ) -> None:
        self.modes = choose('modes', modes, list(CAMERAS))
        self.shots = choose('shots', shots, list(SHOT_NAMES))
        (self.gallery_selection,) = choose(
            'gallery_selection', [gallery_selection], ['seed', 'official_mat']
        )
        (self.num_trials,) = choose('trials', [trials], range(1, 11))

    @property
    def notes(self) -> list[str]:
        """list[str]: Tells of galleries by the official permutations."""
        if self.gallery_selection == 'seed':
            return []
        return ['galleries by rand_perm_cam.mat']

    def trials(self, images: ImageList) -> list[RetrievalTrial]:
        """Draw the galleries of all modes, shots and trials."""
        query = images.of_modality(INFRARED)
        unknown = set(images.cam_ids[query]) - set(INFRARED_CAMERAS)
        if unknown:
            raise ValueError(
                f'SYSU-MM01 has the infrared cameras {INFRARED_CAMERAS}, but '
                f'there are infrared images of {sorted(map(int, unknown))}. '
                'Is this another data set?'
            )
        trials = []
        for mode in self.modes:
            groups = images.by_person_and_camera(VISIBLE, CAMERAS[mode])
            for shots in self.shots:
                trials += [
                    self.make_trial(
                        images,
                        f'sysu/{mode}/{SHOT_NAMES[shots]}',
                        query,
                        gallery,
                        sysu_same_location,
                        'identity',
                    )
                    for gallery in self._galleries(images, groups, shots)
                ]
        self._check_counts(images, query, trials)
        return trials

    def _galleries(
        self, images: ImageList, groups: dict, shots: int
    ) -> list[list[int]]:
        if self.gallery_selection == 'seed':
            return [
                draw_by_seed(groups, shots, seed)
                for seed in range(self.num_trials)
            ]
        if not groups:
            return [[]]
        # root/cam<number>/<identity>/<image>
        first = next(iter(groups.values()))[0]
        root = Path(images.img_paths[first]).parents[2]
        permutations = read_permutations(root / 'exp' / 'rand_perm_cam.mat')
        return [
            draw_by_permutation(
                groups, images.img_paths, permutations, shots, trial
            )
            for trial in range(self.num_trials)
        ]

    def _check_counts(
        self,
        images: ImageList,
        query: np.ndarray,
        trials: Sequence[RetrievalTrial],
    ) -> None:
        if len(np.unique(images.pids)) != REAL_IDENTITIES:
            return
        warn_of_count('SYSU-MM01 queries', len(query), REAL_QUERIES)
        if trials[0].name == 'sysu/all/single':
            warn_of_count(
                'SYSU-MM01 gallery, all-search, single-shot',
                len(trials[0].gallery),
                REAL_ALL_SINGLE,
            )
