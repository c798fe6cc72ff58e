"""Where in an image a score comes from."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .tiles import arranged, caption, to_rgb


def grad_cam(feature_map: Tensor, score: Tensor) -> Tensor:
    """Weigh a map's channels by the mean gradient of a score.

    Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
    Gradient-based Localization" (ICCV 2017), Eq. 1 and 2; then each image is
    brought to a maximum of 1.

    Args:
        feature_map (Tensor): ``(B, C, h, w)``, part of the score's graph.
        score (Tensor): A scalar, such as the sum of the images' scores.

    Returns:
        Tensor: ``(B, h, w)`` in [0, 1]; 0 everywhere in an image without a
        positive part.
    """
    (gradient,) = torch.autograd.grad(score, feature_map)
    weights = gradient.float().mean((2, 3), keepdim=True)
    heat = (weights * feature_map.detach().float()).sum(1).relu()
    peak = heat.amax((1, 2), keepdim=True)
    return heat / peak.clamp(min=torch.finfo(heat.dtype).tiny)


def match_heat(model: nn.Module, inputs: Tensor, feature: str) -> Tensor:
    """Show what makes a visible and an infrared image alike.

    The score of an image is the part of its feature that points to its
    partner's: the product with the partner's unit vector. (The cosine would
    not do: its gradient is at right angles to the image's own feature, so
    that two equal images would be cold.)

    Args:
        model (CrossModalityModel): The model, in evaluation.
        inputs (Tensor): ``(2 N, 3, H, W)`` normalised images: ``N`` visible
            ones, and their ``N`` infrared partners in the same order.
        feature (str): Which feature is compared, such as ``'bn'``.

    Returns:
        Tensor: ``(2 N, h, w)`` in [0, 1], see :func:`grad_cam`.
    """
    middle = len(inputs) // 2
    with torch.enable_grad():
        features = model.extract(inputs.detach().requires_grad_(), middle)
        found = features[feature].float()
        partners = F.normalize(found.detach()).roll(middle, 0)
        return grad_cam(features['map'], (found * partners).sum())


def heat_sheet(
    images: np.ndarray, heat: np.ndarray, titles: Sequence[str]
) -> np.ndarray:
    """Lay heat over pairs of images.

    Args:
        images (np.ndarray): ``(2 N, 3, H, W)`` BGR in 0..255, visible first.
        heat (np.ndarray): ``(2 N, h, w)`` in [0, 1].
        titles (Sequence[str]): ``N`` short texts, above the pairs.

    Returns:
        np.ndarray: ``(H', W', 3)`` RGB, uint8: a column for each pair; rows
        are visible image, its heat, infrared image, its heat.
    """
    pictures = [to_rgb(image) for image in images]
    warm = [
        _overlaid(image, values)
        for image, values in zip(pictures, heat, strict=True)
    ]
    middle = len(pictures) // 2
    width = pictures[0].shape[1]
    return arranged(
        [
            [caption(title, width) for title in titles],
            pictures[:middle],
            warm[:middle],
            pictures[middle:],
            warm[middle:],
        ]
    )


def _overlaid(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    smooth = cv2.resize(
        heat.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    levels = np.rint(255 * smooth.clip(0, 1)).astype(np.uint8)
    colors = cv2.applyColorMap(levels, cv2.COLORMAP_JET)[..., ::-1]
    return cv2.addWeighted(image, 0.5, np.ascontiguousarray(colors), 0.5, 0)
