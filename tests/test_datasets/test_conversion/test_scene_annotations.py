"""Photographs stored on their side are as large as training sees them."""

import mmcv
import numpy as np
import pytest
from PIL import ExifTags, Image

from mmvireid.datasets.conversion.scene_annotations import image_size
from mmvireid.datasets.folders import unreadable_reason


@pytest.mark.parametrize('orientation', [None, 1, 3, 6, 8])
def test_size_is_that_of_the_decoder_that_trains(tmp_path, orientation):
    path = tmp_path / 'photo.jpg'
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    pixels = np.zeros((20, 30, 3), np.uint8)
    Image.fromarray(pixels).save(path, exif=exif)
    height, width = mmcv.imread(str(path)).shape[:2]
    assert image_size(path) == (width, height)
    assert unreadable_reason(str(path), (width, height)) is None
    assert 'should be' in unreadable_reason(str(path), (height, width))
