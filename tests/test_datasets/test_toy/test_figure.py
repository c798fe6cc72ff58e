import math

import numpy as np
import pytest

from mmvireid.datasets.toy import Pose, render_figure, sample_identity
from mmvireid.datasets.toy.figure.ribbon import Ribbon, visible_patches
from mmvireid.datasets.toy.identity import INFRARED, VISIBLE
from mmvireid.datasets.toy.pose import FOOT_HEIGHT, Joint, view_person

SIZE, TALL, FOOT = (144, 96), 130, (48, 140)
STAND = Pose(yaw=0.0, phase=0.0, vigour=0.0, bend=(0.0, 0.0), turn=0.0)


def turned(yaw):
    return Pose(yaw=yaw, phase=1.2, vigour=1.0, bend=(0.0, 0.0), turn=0.0)


def draw(pid, pose=STAND, modality=VISIBLE, **kwargs):
    identity = sample_identity(0, pid)
    return render_figure(identity, pose, modality, SIZE, TALL, FOOT, **kwargs)


def test_layers_have_the_channels_of_their_spectrum():
    for modality, channels in ((VISIBLE, 3), (INFRARED, 1)):
        layer = draw(1, modality=modality)
        assert layer.color.shape == (*SIZE, channels)
        assert layer.alpha.shape == (*SIZE, 1)
        assert layer.alpha.min() == 0
        assert layer.alpha.max() == pytest.approx(1)
        assert not layer.color[layer.alpha[..., 0] == 0].any()


def test_both_spectra_see_the_same_shape():
    pose = turned(0.7)
    visible, infrared = (draw(2, pose, m) for m in (VISIBLE, INFRARED))
    np.testing.assert_array_equal(visible.alpha, infrared.alpha)


def test_the_figure_stands_where_it_is_put():
    rows, columns = np.nonzero(draw(3).alpha[..., 0] > 0.5)
    assert abs(rows.max() - FOOT[1]) < 6
    assert abs(rows.min() - (FOOT[1] - TALL)) < 12
    assert abs(columns.mean() - FOOT[0]) < 4


def test_people_differ_in_shape_more_than_their_own_images():
    def outline(pid, pose):
        return draw(pid, pose).alpha[..., 0]

    near = turned(0.15)
    same = np.mean(
        [np.abs(outline(p, turned(0)) - outline(p, near)) for p in range(12)]
    )
    other = np.mean(
        [
            np.abs(outline(p, turned(0)) - outline(p + 1, turned(0)))
            for p in range(12)
        ]
    )
    assert other > 1.5 * same


def test_heat_shows_in_infrared_only():
    heat = np.zeros(14)
    heat[4:10] = 0.2
    warm = draw(1, modality=INFRARED, heat=heat).color.sum()
    assert warm > 1.02 * draw(1, modality=INFRARED).color.sum()
    np.testing.assert_array_equal(draw(1, heat=heat).color, draw(1).color)


def test_light_falls_from_its_side():
    left, right = (draw(1, light=x).color.sum(2) for x in (-1.0, 1.0))
    assert left.sum() != right.sum()
    middle = SIZE[1] // 2
    assert left[:, :middle].sum() > right[:, :middle].sum()


def test_over_keeps_the_background_elsewhere():
    layer = draw(1)
    background = np.full((*SIZE, 3), 200, np.float32)
    picture = layer.over(background)
    empty = layer.alpha[..., 0] == 0
    assert (picture[empty] == 200).all()
    assert (picture[~empty] != 200).any()


@pytest.mark.parametrize('phase', np.linspace(0, 2 * math.pi, 7))
def test_one_foot_is_on_the_ground(phase):
    pose = Pose(0.3, phase, 1.0, (0.0, 0.0), 0.0)
    points = view_person(sample_identity(0, 5), pose).points
    ankles = points[[Joint.ANKLE_L, Joint.ANKLE_R], 1]
    assert ankles.max() == pytest.approx(1 - FOOT_HEIGHT)


def test_seen_from_behind_left_and_right_are_swapped():
    identity = sample_identity(0, 5)
    front = view_person(identity, STAND)
    back = view_person(identity, Pose(math.pi, 0.0, 0.0, (0.0, 0.0), 0.0))
    np.testing.assert_allclose(
        front.points[:, 0], -back.points[:, 0], atol=1e-9
    )
    np.testing.assert_allclose(
        front.points[:, 1], back.points[:, 1], atol=1e-9
    )
    np.testing.assert_allclose(front.near, -back.near, atol=1e-9)


def test_ribbon_interpolates_between_its_outlines():
    ribbon = Ribbon.upright(
        np.zeros(3), np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0])
    )
    points = ribbon.at(np.array([0.0, 0.25, 1.0]), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(points, [(-1, 0), (0, 0.5), (1, 2)])
    piece = ribbon.cut(0.25, 0.5)
    np.testing.assert_allclose(piece.left[[0, -1]], [(-1.5, 0.5), (-2, 1)])
    wide = ribbon.cut(0.0, 1.0, widen=1.5)
    np.testing.assert_allclose(wide.left[:, 0], 1.5 * ribbon.left[:, 0])


def test_patches_turn_with_the_body():
    front = np.array([[(0, -0.5), (0, 0.5), (1, 0.5), (1, -0.5)]])
    seen = visible_patches(front, yaw=0.0)
    np.testing.assert_allclose(seen[0, :, 1].mean(), 0.5)
    assert len(visible_patches(front, yaw=math.pi)) == 0
    right = visible_patches(front, yaw=math.pi / 3)
    assert right[0, :, 1].mean() > 0.8
