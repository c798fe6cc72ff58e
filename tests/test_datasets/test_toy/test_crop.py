import numpy as np
import pytest

from mmvireid.datasets.toy import contact_sheet, render_crop, sample_camera
from mmvireid.datasets.toy.identity import INFRARED, VISIBLE
from mmvireid.datasets.toy.noise import noise_patch

SIZE = (48, 24)


def test_an_image_depends_on_its_arguments_only():
    first = render_crop(0, 4, 1, VISIBLE, 2, SIZE)
    render_crop(0, 9, 5, VISIBLE, 7, SIZE)
    np.testing.assert_array_equal(
        first, render_crop(0, 4, 1, VISIBLE, 2, SIZE)
    )
    for other in (
        (1, 4, 1, VISIBLE, 2),
        (0, 5, 1, VISIBLE, 2),
        (0, 4, 2, VISIBLE, 2),
        (0, 4, 1, VISIBLE, 3),
    ):
        assert (first != render_crop(*other, SIZE)).any()


def test_infrared_has_no_colour_and_visible_has():
    visible = render_crop(0, 4, 1, VISIBLE, 1, SIZE)
    infrared = render_crop(0, 4, 3, INFRARED, 1, SIZE)
    assert visible.shape == infrared.shape == (*SIZE, 3)
    assert visible.dtype == infrared.dtype == np.uint8
    assert (infrared == infrared[..., :1]).all()
    assert np.ptp(visible.astype(int), axis=2).mean() > 5


@pytest.mark.parametrize('size', [(16, 16), (40, 100), (256, 128)])
def test_any_size_renders(size):
    assert render_crop(0, 1, 1, VISIBLE, 1, size).shape == (*size, 3)


def test_cameras_differ_and_stay_the_same():
    one, two = sample_camera(0, 1, VISIBLE), sample_camera(0, 2, VISIBLE)
    assert (one.scene != two.scene).any()
    assert one.yaw != two.yaw
    scene = one.scene
    sample_camera.cache_clear()
    again = sample_camera(0, 1, VISIBLE)
    np.testing.assert_array_equal(again.scene, scene)
    assert sample_camera(0, 1, INFRARED).scene.shape[2] == 1


def test_noise_is_standard():
    rng = np.random.default_rng(0)
    for sigma in (0.0, 2.0):
        noise = noise_patch(rng, (500, 500), sigma)
        assert abs(noise.mean()) < 0.1
        assert 0.9 < noise.std() < 1.1


def test_noise_is_mirrored_beyond_its_store():
    noise = noise_patch(np.random.default_rng(0), (10, 600))
    assert noise.shape == (10, 600)
    np.testing.assert_array_equal(noise[:, 512:], noise[:, 511:423:-1])


def test_contact_sheet_has_a_row_for_each_person():
    cameras = {1: VISIBLE, 3: INFRARED}
    sheet = contact_sheet(0, [4, 5], cameras, images=2, size=SIZE)
    assert sheet.shape == (2 * 48, 4 * 24, 3)
    np.testing.assert_array_equal(
        sheet[48:, 72:], render_crop(0, 5, 3, INFRARED, 2, SIZE)
    )
