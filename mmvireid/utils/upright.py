"""Photographs that a camera stored lying on their side."""

from PIL import Image

ORIENTATION = 0x0112
"""The number of EXIF's tag."""

FIRST_ON_ITS_SIDE = 5
"""From this orientation on, rows are columns."""


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return the size of an image as OpenCV reads it: turned upright.

    Args:
        image (Image): As PIL opens it, which does not turn it.

    Returns:
        tuple[int, int]: Width and height, pixels.
    """
    width, height = image.size
    if image.getexif().get(ORIENTATION, 1) >= FIRST_ON_ITS_SIDE:
        return height, width
    return width, height
