"""Horizontal stripes of feature maps."""

from torch import Tensor


def require_whole_stripes(feature_map: Tensor, num_stripes: int) -> None:
    """Check that stripes of an image are stripes of its map.

    Args:
        feature_map (Tensor): ``(B, C, h, w)``.
        num_stripes (int): How many stripes there are.

    Raises:
        ValueError: If ``h`` does not divide by it.
    """
    rows = feature_map.shape[2]
    if rows % num_stripes:
        raise ValueError(
            f'The feature map has {rows} rows, which do not divide into '
            f'{num_stripes} stripes. Choose an image height that is a '
            f'multiple of {num_stripes} times the stride of the backbone, '
            'such as 384x192 for stride 32, 288x144 for stride 16, or 96x48 '
            'for stride 16 (ResNet with last stride 1) and 6 stripes, or '
            'another number of stripes.'
        )
