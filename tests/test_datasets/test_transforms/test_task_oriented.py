# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import cv2
import numpy as np
import pytest

from mmvireid.datasets.transforms import (
    ChannelShuffle,
    Compress,
    Defocus,
    Deform,
    LinearColorJitter,
    RGBShift,
    SharpenGray,
)
from mmvireid.datasets.transforms.task_oriented.defocus import disc

ALL = (
    ChannelShuffle,
    Compress,
    Deform,
    Defocus,
    LinearColorJitter,
    RGBShift,
    SharpenGray,
)


@pytest.fixture
def image():
    """A colourful picture with smooth parts and edges."""
    rng = np.random.default_rng(0)
    picture = cv2.resize(
        rng.integers(0, 256, (7, 7, 3)).astype(np.uint8), (112, 224)
    )
    picture[60:120, 30:80] = (20, 200, 90)
    return picture


@pytest.fixture(autouse=True)
def _seed():
    np.random.seed(0)


def energy(picture):
    """How much detail there is."""
    return cv2.Laplacian(picture.astype(np.float32), cv2.CV_32F).std()


@pytest.mark.parametrize('transform', ALL)
def test_images_change_with_the_given_probability(transform, image):
    changed = 0
    for _ in range(400):
        out = transform(prob=0.3).transform(dict(img=image.copy()))['img']
        assert out.shape == image.shape
        assert out.dtype == np.uint8
        changed += not np.array_equal(out, image)
    # One in six shuffles is none.
    expected = 0.3 * (5 / 6 if transform is ChannelShuffle else 1)
    assert changed / 400 == pytest.approx(expected, abs=0.075)


@pytest.mark.parametrize('transform', ALL)
def test_the_given_image_is_left_as_it_is(transform, image):
    before = image.copy()
    transform(prob=1).transform(dict(img=image))
    assert np.array_equal(image, before)


@pytest.mark.parametrize('transform', ALL)
def test_probability_out_of_range(transform):
    with pytest.raises(ValueError, match=r'prob must be in \[0, 1\]'):
        transform(prob=1.5)


def test_all_orders_of_channels_are_alike(image):
    orders = {}
    for _ in range(1200):
        out = ChannelShuffle().change(image)
        key = tuple(out[0, 0].tolist())
        orders[key] = orders.get(key, 0) + 1
    assert len(orders) == 6
    assert all(abs(count - 200) < 60 for count in orders.values())


def test_shifts_are_uniform_and_saturate():
    shifts = []
    for _ in range(2000):
        out = RGBShift(20).change(np.full((2, 2, 3), 128, np.uint8))
        assert (out == out[0, 0]).all()
        shifts.append(out[0, 0].astype(int) - 128)
    shifts = np.array(shifts)
    assert np.abs(shifts).max() == 20
    assert np.abs(shifts.mean(0)).max() < 1
    assert shifts.std(0) == pytest.approx(20 / 3**0.5, abs=0.6)
    assert np.abs(np.corrcoef(shifts.T)[0, 1]) < 0.08
    white = RGBShift(20).change(np.full((2, 2, 3), 255, np.uint8))
    assert white.min() >= 235


def jitter_by_hand(picture, changes):
    """One change after the other, in float64 and without cutting off."""
    luma = np.array([0.114, 0.587, 0.299])
    picture = picture.astype(float)
    for name, value in changes:
        gray = picture @ luma
        if name == 'brightness':
            picture = value * picture
        elif name == 'contrast':
            picture = value * picture + (1 - value) * gray.mean()
        elif name == 'saturation':
            picture = value * picture + (1 - value) * gray[..., None]
        else:
            blue, green, red = (
                picture[..., 0],
                picture[..., 1],
                picture[..., 2],
            )
            i = 0.5959 * red - 0.2746 * green - 0.3213 * blue
            q = 0.2115 * red - 0.5227 * green + 0.3115 * blue
            angle = np.angle(i + 1j * q) + 2 * np.pi * value
            i, q = (np.hypot(i, q) * f(angle) for f in (np.cos, np.sin))
            picture = np.stack(
                [
                    gray - 1.106 * i + 1.703 * q,
                    gray - 0.272 * i - 0.647 * q,
                    gray + 0.956 * i + 0.619 * q,
                ],
                -1,
            )
    return np.clip(picture, 0, 255)


def test_jitter_is_all_changes_in_one(image):
    jitter = LinearColorJitter()
    for _ in range(10):
        changes = jitter.random_changes()
        jitter.random_changes = lambda changes=changes: changes
        difference = jitter.change(image) - jitter_by_hand(image, changes)
        assert np.abs(difference).max() < 1.5
        del jitter.random_changes


def test_jitter_without_reach_changes_nothing(image):
    out = LinearColorJitter(0, 0, 0, 0).change(image)
    assert np.array_equal(out, image)


def test_jitter_draws_uniformly_and_in_any_order():
    jitter = LinearColorJitter(0.4, 0.3, 0.2, 0.1)
    drawn = [jitter.random_changes() for _ in range(1500)]
    first = [changes[0][0] for changes in drawn]
    reach = dict(brightness=0.4, contrast=0.3, saturation=0.2, hue=0.1)
    for name, limit in reach.items():
        values = np.array([dict(changes)[name] for changes in drawn])
        center = 0 if name == 'hue' else 1
        assert np.abs(values - center).max() <= limit
        assert values.mean() == pytest.approx(center, abs=0.05 * limit)
        assert values.std() == pytest.approx(limit / 3**0.5, rel=0.06)
        assert first.count(name) == pytest.approx(375, abs=70)


def test_compression_is_that_of_its_quality(image):
    out = Compress((30, 30)).change(image)
    _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, 30])
    assert np.array_equal(out, cv2.imdecode(data, cv2.IMREAD_COLOR))
    coarse, fine = (
        np.abs(Compress((q, q)).change(image).astype(int) - image).mean()
        for q in (10, 90)
    )
    assert coarse > 2 * fine


def test_defocus_blurs_as_its_radius_says(image):
    energies = [energy(Defocus((r, r)).change(image)) for r in (0.01, 3, 5, 7)]
    assert energies[0] == pytest.approx(energy(image))
    assert energies == sorted(energies, reverse=True)
    # In proportion to the height of the image.
    point = np.zeros((112, 112, 3), np.uint8)
    point[56, 56] = 255
    lit = (Defocus((6, 6)).change(point)[..., 0] > 0).sum()
    assert lit == pytest.approx(np.pi * 3**2, rel=0.35)


@pytest.mark.parametrize('radius', [4.1, 5.0, 7.0])
def test_half_of_the_resolution_gives_the_same_blur(image, radius):
    smooth = cv2.resize(image, (224, 224), interpolation=cv2.INTER_AREA)
    out = Defocus((radius, radius)).change(smooth).astype(float)
    exact = cv2.filter2D(smooth, -1, disc(radius)).astype(float)
    changed = np.abs(exact - smooth).mean()
    assert np.abs(out - exact).mean() < min(1.0, 0.15 * changed)
    assert out.mean() == pytest.approx(exact.mean(), abs=0.3)


@pytest.mark.parametrize('radius', [0.0, 0.4, 1.0, 2.25, 6.5])
def test_a_disc_is_round_and_keeps_the_brightness(radius):
    kernel = disc(radius)
    assert kernel.sum() == pytest.approx(1)
    assert np.allclose(kernel, kernel.T)
    assert np.allclose(kernel, kernel[::-1])
    if radius >= 1:
        area = kernel.size * kernel.mean() / kernel.max()
        assert area == pytest.approx(np.pi * radius**2, rel=0.05)


def test_sharp_gray_has_equal_channels_and_more_detail(image):
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    out = SharpenGray((0.4, 0.4)).change(image)
    assert (out == out[..., :1]).all()
    row, column = 60, 50  # on an edge
    patch = gray[row - 1 : row + 2, column - 1 : column + 2].astype(float)
    center = patch[1, 1]
    expected = center + 0.4 * (9 * center - patch.sum())
    assert out[row, column, 0] == pytest.approx(
        np.clip(expected, 0, 255), abs=1
    )
    assert energy(out[..., 0]) > 1.5 * energy(gray)
    plain = SharpenGray((0, 0)).change(image)
    assert np.array_equal(plain[..., 0], gray)


@pytest.mark.parametrize('kind', ['elastic', 'grid', 'affine'])
def test_deformation_moves_points_by_the_magnitude_at_most(kind):
    height, width = 100, 60
    transform = Deform(0.08)
    largest = 0.0
    for _ in range(50):
        x, y = getattr(transform, f'_{kind}')(height, width)
        dx = (x - np.arange(width)) / width
        dy = (y - np.arange(height)[:, None]) / height
        largest = max(largest, np.abs(dx).max(), np.abs(dy).max())
    # Between the points of the mesh a cubic overshoots a little.
    assert 0.02 < largest < 0.08 * (1.5 if kind == 'elastic' else 1.01)


def test_without_magnitude_nothing_bends(image):
    for kind in ('elastic', 'grid', 'affine'):
        transform = Deform(0.0)
        transform.random_kind = lambda kind=kind: kind
        assert np.abs(transform.change(image).astype(int) - image).max() <= 1


def test_grid_lines_do_not_fold():
    for _ in range(50):
        x, y = Deform(0.3)._grid(80, 40)
        assert (np.diff(x, axis=1) > 0).all()
        assert (np.diff(y, axis=0) > 0).all()


@pytest.mark.parametrize(
    ('transform', 'wrong', 'message'),
    [
        (Compress, dict(quality=(80, 40)), 'quality must be a pair'),
        (Defocus, dict(radius=(-1, 3)), 'radius must be a pair'),
        (SharpenGray, dict(strength=(0.1,)), 'strength must be a pair'),
        (Deform, dict(magnitude=0.9), 'magnitude must be'),
        (RGBShift, dict(limit=-20), r'limit must be in \[0, 255\]'),
        (LinearColorJitter, dict(hue=0.6), r'hue must be in \[0, 0.5\]'),
        (LinearColorJitter, dict(contrast=-1), 'contrast must be'),
    ],
)
def test_wrong_options(transform, wrong, message):
    with pytest.raises(ValueError, match=message):
        transform(**wrong)
