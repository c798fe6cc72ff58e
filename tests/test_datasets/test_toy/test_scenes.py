import hashlib
import json
import runpy
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmvireid.datasets.toy.identity import INFRARED, VISIBLE
from mmvireid.datasets.toy.scenes import (
    ScenePlan,
    SceneSpec,
    plan_scenes,
    plan_split,
    render_scene,
    render_toy_scenes,
    sample_ground,
)
from mmvireid.datasets.toy.scenes.compose import LEAST_VISIBLE
from mmvireid.datasets.toy.scenes.plan import FIRST_STRANGER

SIZE = (96, 128)
SMALL = SceneSpec(8, 8, 6, 7)
TOOL = (
    Path(__file__).parents[3] / 'tools/dataset_converters/render_toy_scenes.py'
)


def digest(root: Path) -> dict:
    return {
        str(path.relative_to(root)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(root.rglob('*'))
        if path.is_file()
    }


@pytest.mark.parametrize('layout', ['cuhk_sysu', 'prw', 'coco'])
def test_same_seed_same_bytes_whatever_the_workers(tmp_path, layout):
    spec = SceneSpec(0, 0, 4, 2) if layout == 'coco' else SMALL
    render_toy_scenes(tmp_path / 'a', layout, spec, SIZE)
    time.sleep(1.1)  # some formats keep the second of writing
    render_toy_scenes(tmp_path / 'b', layout, spec, SIZE, workers=2)
    render_toy_scenes(tmp_path / 'c', layout, spec, SIZE, seed=1)
    assert digest(tmp_path / 'a') == digest(tmp_path / 'b')
    assert digest(tmp_path / 'a') != digest(tmp_path / 'c')


@pytest.mark.parametrize('modality', [VISIBLE, INFRARED])
def test_a_scene_shows_people_in_their_boxes(modality):
    pids = (1, 2, 3, FIRST_STRANGER)
    seen = 0
    for index in range(8):
        plan = ScenePlan(index, index, modality, pids)
        view = render_scene(0, plan, SIZE)
        assert view.image.shape == (*SIZE, 3)
        assert view.image.dtype == np.uint8
        assert (np.ptp(view.image, axis=2).max() == 0) == bool(modality)
        empty = render_scene(0, ScenePlan(index, index, modality, ()), SIZE)
        assert not empty.sightings
        seen += len(view.sightings)
        for sighting in view.sightings:
            assert sighting.pid in pids
            x, y, width, height = sighting.box
            assert x >= 0
            assert y >= 0
            assert x + width <= SIZE[1]
            assert y + height <= SIZE[0]
            assert width > 2
            assert height > 5
            assert LEAST_VISIBLE <= sighting.visible <= 1
    assert seen >= 0.6 * 8 * len(pids)


def test_boxes_are_tight_around_a_person_alone():
    # the same scene with and without the person differs within the box
    hits = 0
    for index in range(6):
        view = render_scene(0, ScenePlan(index, 3, INFRARED, (5,)), SIZE)
        if not view.sightings:
            continue
        x, y, width, height = view.sightings[0].box
        ground = sample_ground(0, 3, INFRARED, SIZE).camera.scene
        warm = cv2.GaussianBlur(view.image[..., 0], (0, 0), 1).astype(int)
        warm = warm - cv2.GaussianBlur(ground, (0, 0), 1).astype(int) > 60
        outside = warm.copy()
        outside[
            max(0, y - 3) : y + height + 3, max(0, x - 3) : x + width + 3
        ] = 0
        assert outside.sum() <= 0.02 * warm.sum()
        hits += 1
    assert hits >= 4


def test_people_look_alike_in_all_scenes_unless_dyed():
    def colour(pid: int, cam_id: int, dyed: bool) -> np.ndarray:
        found = []
        for index in range(5):
            plan = ScenePlan(index, cam_id, VISIBLE, (pid,))
            view = render_scene(0, plan, SIZE, dyed)
            for x, y, width, height in (s.box for s in view.sightings):
                part = view.image[
                    y + height // 4 : y + height // 2,
                    x + width // 3 : x + 2 * width // 3,
                ]
                found.append(part.reshape(-1, 3).mean(axis=0))
        return np.mean(found, axis=0)

    def change(dyed: bool) -> float:
        changes = [colour(p, 1, dyed) - colour(p, 2, dyed) for p in range(8)]
        return float(np.abs(changes).mean())

    assert change(dyed=True) > 1.5 * change(dyed=False)


def test_perspective():
    ground = sample_ground(0, 1, VISIBLE, SIZE)
    assert ground.height_at(ground.wall) == pytest.approx(ground.far)
    assert ground.height_at(SIZE[0]) == pytest.approx(ground.near)
    assert ground.near > 2 * ground.far
    assert sample_ground(0, 1, VISIBLE, SIZE) is ground


def test_plans_bring_everyone_to_several_cameras():
    spec = SceneSpec(40, 0, 80, 1, people=(3, 6))
    cameras = range(1, 7)
    plans = plan_split(0, range(1, 41), range(80), cameras, spec)
    assert [plan.index for plan in plans] == [*range(80)]
    seen, places = Counter(), {}
    for plan in plans:
        known = [pid for pid in plan.pids if pid < FIRST_STRANGER]
        assert len(set(plan.pids)) == len(plan.pids)
        assert 3 <= len(plan.pids) <= 6
        seen.update(known)
        for pid in known:
            places.setdefault(pid, set()).add(plan.cam_id)
    assert set(seen) == {*range(1, 41)}
    assert max(seen.values()) <= 2 * min(seen.values())
    assert min(len(found) for found in places.values()) >= 2
    strangers = sum(len(p.pids) for p in plans) - seen.total()
    assert 0.2 < strangers / sum(len(p.pids) for p in plans) < 0.4
    unknown = [pid for p in plans for pid in p.pids if pid >= FIRST_STRANGER]
    assert len(set(unknown)) == len(unknown)


def test_spectrum_follows_the_camera():
    spec = SceneSpec(8, 0, 12, 1, infrared_cameras=(2, 5))
    plans = plan_split(0, range(8), range(12), range(1, 7), spec)
    assert {plan.cam_id for plan in plans} == {*range(1, 7)}
    for plan in plans:
        assert plan.modality == int(plan.cam_id in (2, 5))


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(train_ids=-1), 'train_ids must be at least 0'),
        (dict(test_scenes=0), 'test_scenes must be at least 1'),
        (dict(people=(4, 3)), 'people must be the fewest and the most'),
        (dict(people=(1, 99)), 'people must be the fewest and the most'),
        (dict(strangers=1.5), r'strangers must be in \[0, 1\]'),
    ],
)
def test_bad_specifications(change, message):
    arguments = dict(train_ids=1, test_ids=1, train_scenes=2, test_scenes=2)
    with pytest.raises(ValueError, match=message):
        SceneSpec(**{**arguments, **change})


@pytest.mark.parametrize(
    ('layout', 'spec', 'size', 'message'),
    [
        ('duke', SMALL, SIZE, 'layout must be one of'),
        ('prw', SMALL, (32, 128), '64 to 1024'),
        ('prw', SceneSpec(99, 9, 9, 9), SIZE, 'who need two each'),
        (
            'prw',
            SceneSpec(8, 8, 6, 6, infrared_cameras=(7,)),
            SIZE,
            'infrared_cameras must be among',
        ),
        (
            'cuhk_sysu',
            SceneSpec(8, 8, 6, 6, infrared_cameras=(1,)),
            SIZE,
            "as layout 'prw' has",
        ),
        ('coco', SMALL, SIZE, 'expected no train_ids'),
    ],
)
def test_bad_arguments_are_refused_before_writing(
    tmp_path, layout, spec, size, message
):
    with pytest.raises(ValueError, match=message):
        render_toy_scenes(tmp_path / 'x', layout, spec, size)
    assert not (tmp_path / 'x').exists()


def test_distributed_files(tmp_path):
    render_toy_scenes(tmp_path, 'coco', SceneSpec(0, 0, 3, 2), SIZE)
    content = json.loads(
        (tmp_path / 'annotations/instances_val2017.json').read_text()
    )
    assert len(content['images']) == 2
    for image in content['images']:
        path = tmp_path / 'val2017' / image['file_name']
        assert cv2.imread(str(path)).shape == (96, 128, 3)


def test_pre_training_sees_other_scenes_than_its_test(tmp_path):
    spec = SceneSpec(0, 0, 1, 1)
    render_toy_scenes(tmp_path, 'coco', spec, SIZE)
    seen = cv2.imread(str(tmp_path / 'train2017/000000000001.jpg'))
    (plan, _) = plan_scenes(0, spec)
    tested = render_scene(0, plan, SIZE).image
    assert np.abs(seen.astype(int) - tested).mean() > 10


def test_command_line(tmp_path, monkeypatch, capsys):
    options = '--layout prw --train-ids 8 --test-ids 8 --train-scenes 6 '
    options += '--test-scenes 6 --size 64 96 --infrared-cameras 1'
    command = [str(TOOL), str(tmp_path / 'out'), *options.split()]
    monkeypatch.setattr('sys.argv', command)
    runpy.run_path(str(TOOL), run_name='__main__')
    assert len(list((tmp_path / 'out/frames').iterdir())) == 12
    out = capsys.readouterr().out
    assert f'prw.py {tmp_path / "out"} --infrared-cameras 1' in out
    with pytest.raises(SystemExit, match='error: .* is not empty'):
        runpy.run_path(str(TOOL), run_name='__main__')
