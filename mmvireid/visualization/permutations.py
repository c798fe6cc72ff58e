"""Pictures of permutation recovery."""

import cv2
import numpy as np
from torch import Tensor

from mmvireid.evaluation.assignment import best_permutations
from mmvireid.models.batch_augments.stripe_permutation import shuffle_stripes

from .tiles import GREEN, RED, arranged, caption, framed, to_rgb

CELL = 14
MARK = 5


def soft_permutation_sheet(
    soft: Tensor, permutations: Tensor, columns: int = 8
) -> np.ndarray:
    """Draw soft permutation matrices.

    Rows of a matrix are slots, columns original stripes; bright is likely,
    and the true cells are framed in white.

    Args:
        soft (Tensor): ``(B, n, n)`` in [0, 1].
        permutations (Tensor): ``(B, n)``: the stripe that each slot shows.
        columns (int): Matrices in a row. Defaults to 8.

    Returns:
        np.ndarray: ``(H, W, 3)`` RGB, uint8.
    """
    tiles = [
        _matrix(matrix, truth)
        for matrix, truth in zip(
            soft.float().cpu().numpy(), permutations.cpu().numpy(), strict=True
        )
    ]
    return arranged(
        [tiles[i : i + columns] for i in range(0, len(tiles), columns)]
    )


def recovery_sheet(
    originals: Tensor, logits: Tensor, permutations: Tensor
) -> np.ndarray:
    """Draw images, their shuffled forms, and what was recovered of them.

    Beside each recovered stripe a green mark says that it is in its place,
    and a red one that it is not.

    Args:
        originals (Tensor): ``(B, 3, H, W)`` BGR in 0..255, not shuffled.
        logits (Tensor): ``(B, n, n)`` scores of the permutations.
        permutations (Tensor): ``(B, n)``: the stripe that each slot shows.

    Returns:
        np.ndarray: ``(H', W', 3)`` RGB, uint8.
    """
    originals = originals.float().cpu()
    permutations, logits = permutations.cpu(), logits.cpu()
    shuffled = shuffle_stripes(originals, permutations)
    order = best_permutations(logits).argsort(dim=1)
    recovered = shuffle_stripes(shuffled, order)
    # The stripe that ends up at each place of the recovered image.
    shown = permutations.gather(1, order)
    rows = [
        [to_rgb(x) for x in batch.numpy()] for batch in (originals, shuffled)
    ]
    rows.append(
        [
            _marked(to_rgb(image), stripes)
            for image, stripes in zip(
                recovered.numpy(), shown.numpy(), strict=True
            )
        ]
    )
    names = ('original', 'shuffled', 'recovered')
    return arranged(
        [
            [caption(name, 70), *row]
            for name, row in zip(names, rows, strict=True)
        ]
    )


def _matrix(matrix: np.ndarray, truth: np.ndarray) -> np.ndarray:
    gray = np.clip(matrix * 255, 0, 255).astype(np.uint8)
    colors = cv2.applyColorMap(gray, cv2.COLORMAP_VIRIDIS)[..., ::-1]
    image = np.ascontiguousarray(
        colors.repeat(CELL, axis=0).repeat(CELL, axis=1)
    )
    for slot, stripe in enumerate(truth.tolist()):
        corner = (stripe * CELL, slot * CELL)
        opposite = (corner[0] + CELL - 1, corner[1] + CELL - 1)
        cv2.rectangle(image, corner, opposite, (255, 255, 255), 1)
    return framed(image, (0, 0, 0), 1)


def _marked(image: np.ndarray, shown: np.ndarray) -> np.ndarray:
    height = len(image) // len(shown)
    marks = np.concatenate(
        [
            np.full(
                (height, MARK, 3), GREEN if place == stripe else RED, np.uint8
            )
            for place, stripe in enumerate(shown)
        ]
    )
    return np.concatenate([image, marks], axis=1)
