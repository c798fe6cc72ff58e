from dataclasses import astuple

import numpy as np
import pytest

from mmvireid.datasets.toy import sample_identity
from mmvireid.datasets.toy.figure.pattern import pattern_patches
from mmvireid.datasets.toy.identity import (
    INFRARED,
    PATTERNS,
    VISIBLE,
    Part,
    Pattern,
)
from mmvireid.datasets.toy.population import redress, sample_heat


def test_an_identity_depends_on_seed_and_number_only():
    one = sample_identity(3, 17)
    sample_identity.cache_clear()
    assert sample_identity(3, 17) == one
    assert sample_identity(4, 17) != one
    assert sample_identity(3, 18) != one


def test_identities_differ_in_body_and_wardrobe():
    people = [sample_identity(0, pid) for pid in range(60)]
    bodies = np.array([astuple(p.body) for p in people])
    assert len({astuple(p.body) for p in people}) == 60
    assert (bodies.std(0) > 0.02 * bodies.mean(0)).all()
    for field in ('sleeve', 'bottom', 'hair', 'bag', 'coat'):
        assert len({getattr(p.wardrobe, field) for p in people}) > 1


def test_brightness_does_not_carry_over_to_infrared():
    people = [sample_identity(0, pid) for pid in range(600)]
    cloth = [Part.TOP, Part.TOP_TONE, Part.BOTTOM, Part.COAT, Part.BAG]
    visible = np.stack([p.palette(VISIBLE)[cloth].mean(1) for p in people])
    infrared = np.stack([p.palette(INFRARED)[cloth, 0] for p in people])
    for part in range(len(cloth)):
        shared = np.corrcoef(visible[:, part], infrared[:, part])[0, 1]
        assert abs(shared) < 0.15


def test_pattern_shows_in_both_spectra_with_either_sign():
    people = [sample_identity(0, pid) for pid in range(100)]
    signs = []
    for person in people:
        step = [
            float(np.diff(person.palette(m)[[4, 5]].mean(1))[0])
            for m in (VISIBLE, INFRARED)
        ]
        assert min(map(abs, step)) > 85
        signs.append(np.sign(step[0] * step[1]))
    assert 25 < np.sum(np.array(signs) > 0) < 75


def test_heat_moves_both_tones_alike_and_leaves_skin():
    heat = sample_heat(np.random.default_rng(0))
    assert heat[Part.TOP] == heat[Part.TOP_TONE] != 0
    assert heat[Part.SKIN] == heat[Part.NOTHING] == 0
    assert heat[Part.TOP] != heat[Part.BOTTOM]


@pytest.mark.parametrize('kind', PATTERNS)
def test_patterns_are_quadrilaterals_on_the_garment(kind):
    patches = pattern_patches(Pattern(kind))
    assert patches.shape[1:] == (4, 2)
    assert (len(patches) == 0) == (kind == 'plain')


def test_an_unknown_pattern_is_refused():
    with pytest.raises(ValueError, match='unknown pattern'):
        pattern_patches(Pattern('tartan'))


def test_another_camera_sees_other_colours_on_the_same_shape():
    person = sample_identity(0, 3)
    one, two = (redress(person, 0, cam_id) for cam_id in (1, 2))
    assert one == redress(person, 0, 1)
    assert one.body == two.body == person.body
    assert one.wardrobe == two.wardrobe == person.wardrobe
    for part in (Part.SKIN, Part.HAIR):
        assert one.materials[part] == person.materials[part]
    assert one.materials[Part.TOP] != two.materials[Part.TOP]
