"""The published gallery permutations of SYSU-MM01."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmvireid.utils.optional import require


def read_permutations(file: str | Path) -> np.ndarray:
    """Read ``rand_perm_cam.mat``.

    Args:
        file (str | Path): The file, as it is distributed in ``exp``.

    Returns:
        np.ndarray: Object array by camera; each entry is one by identity;
        each of these ``(trials, images)`` file numbers, from 1.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it holds something else.
    """
    file = Path(file)
    if not file.is_file():
        raise FileNotFoundError(
            f"gallery_selection='official_mat' needs '{file}', which does "
            "not exist. Take it from the data set's distribution, or use "
            "gallery_selection='seed'."
        )
    content = require('scipy.io').loadmat(str(file))
    if 'rand_perm_cam' not in content:
        names = sorted(name for name in content if name[:2] != '__')
        raise ValueError(
            f"'{file}' must hold the variable 'rand_perm_cam', "
            f'but holds {names}.'
        )
    return content['rand_perm_cam'].reshape(-1)


def draw_by_permutation(
    groups: dict[tuple[int, int], list[int]],
    img_paths: Sequence[str],
    permutations: np.ndarray,
    shots: int,
    trial: int,
) -> list[int]:
    """Take the first images of every published permutation.

    Args:
        groups (dict): ``(pid, camera)`` to image indices.
        img_paths (Sequence[str]): Paths of all images; an image's number is
            its file name.
        permutations (np.ndarray): As :func:`read_permutations` returns.
        shots (int): Images of each person in each camera.
        trial (int): Number of the trial, from 0.

    Returns:
        list[int]: Image indices.

    Raises:
        ValueError: If the permutations name an image that is missing.
    """
    drawn = []
    for (pid, camera), images in groups.items():
        by_number = {int(Path(img_paths[i]).stem): i for i in images}
        person = permutations[camera - 1].reshape(-1)[pid - 1]
        numbers = np.atleast_2d(person)[trial][:shots].tolist()
        missing = [number for number in numbers if number not in by_number]
        if missing:
            raise ValueError(
                f'rand_perm_cam.mat names the images {missing} of identity '
                f'{pid} in camera {camera}, but the folder holds only '
                f'{len(images)} images. The data set is incomplete.'
            )
        drawn += [by_number[number] for number in numbers]
    return drawn
