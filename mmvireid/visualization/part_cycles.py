"""Pictures of what MMGL's cycle between the modalities retrieves."""

import numpy as np
from torch import Tensor

from mmvireid.models.losses import PartCycleContrast

from .tiles import BLUE, GREEN, RED, arranged, caption, framed, to_rgb


def part_cycle_sheet(
    images: Tensor,
    parts: Tensor,
    num_visible: int,
    contrast: PartCycleContrast,
    num_queries: int = 6,
    top: int = 4,
) -> np.ndarray:
    """Draw patches and what they retrieve.

    Each row begins with an image, whose framed patch is the query. Then come
    the patches of the other modality with the largest weights, with these in
    percent, and the patch of the same image that the cycle returns to: in a
    green frame if it is the query.

    Args:
        images (Tensor): ``(B, 3, H, W)`` BGR in 0..255 as the network saw
            them, visible first.
        parts (Tensor): ``(B, n, d)`` their unit vectors.
        num_visible (int): How many images are visible.
        contrast (PartCycleContrast): The loss whose retrieval is drawn.
        num_queries (int): Rows for each modality. Defaults to 6.
        top (int): Patches in a row. Defaults to 4.

    Returns:
        np.ndarray: ``(H', W', 3)`` RGB, uint8.
    """
    pictures = [to_rgb(image) for image in images.float().cpu().numpy()]
    visible, infrared = parts[:num_visible], parts[num_visible:]
    halves = (
        (visible, infrared, pictures[:num_visible], pictures[num_visible:]),
        (infrared, visible, pictures[num_visible:], pictures[:num_visible]),
    )
    rows = [_header(pictures[0].shape[1], top)]
    for own, other, own_pictures, other_pictures in halves:
        forward, _, weights = contrast.retrieve(own, other)
        back = (forward @ own.transpose(1, 2)).argmax(dim=-1)
        pool = [
            patch
            for picture in other_pictures
            for patch in _patches(picture, parts.shape[1])
        ]
        for image in range(min(num_queries, len(own))):
            slot = image % parts.shape[1]
            rows.append(
                _row(
                    own_pictures[image],
                    slot,
                    weights[image, slot].topk(min(top, len(pool))),
                    pool,
                    back[image, slot].item(),
                    parts.shape[1],
                )
            )
    return arranged(rows)


def _header(width: int, top: int) -> list:
    titles = ('query', *['retrieved'] * top, 'returned')
    return [caption(title, max(width, 60)) for title in titles]


def _patches(picture: np.ndarray, count: int) -> list:
    return np.split(picture, count)


def _row(
    picture: np.ndarray,
    slot: int,
    found: tuple[Tensor, Tensor],
    pool: list,
    back: int,
    count: int,
) -> list:
    row = [_with_patch_framed(picture, slot, count, BLUE)]
    for weight, index in zip(*(x.tolist() for x in found), strict=True):
        patch = framed(pool[index], (0, 0, 0), 1)
        percent = caption(f'{100 * weight:.0f} %', patch.shape[1])
        row.append(np.concatenate([patch, percent]))
    color = GREEN if back == slot else RED
    return [*row, _with_patch_framed(picture, back, count, color)]


def _with_patch_framed(
    picture: np.ndarray, slot: int, count: int, color: tuple
) -> np.ndarray:
    picture = picture.copy()
    height = len(picture) // count
    patch = picture[slot * height : (slot + 1) * height]
    inner = patch[2:-2, 2:-2].copy()
    patch[:] = framed(inner, color)
    return picture
