import random

import numpy as np
import pytest
import scipy.io
import torch

from mmvireid.evaluation.protocols import (
    ImageList,
    LLCMProtocol,
    RegDBProtocol,
    SYSUProtocol,
)
from mmvireid.evaluation.protocols.exclusion import (
    same_camera_and_person,
    sysu_same_location,
)
from mmvireid.registry import PROTOCOLS


def camera_tree(cameras, people=(3, 8, 20), images=12, root='root'):
    """Paths of a tree as the data sets list them, some folders missing."""
    paths = []
    for modality, group in enumerate(cameras):
        for pid in people:
            for cam in group:
                if (pid, cam) == (8, 4):
                    continue  # this person was never there
                count = 7 if (pid, cam) == (20, 1) else images + cam
                paths += [
                    (
                        pid,
                        cam,
                        modality,
                        f'{root}/cam{cam}/{pid:04d}/{i:04d}.jpg',
                    )
                    for i in range(1, count + 1)
                ]
    pids, cams, modalities, names = zip(*paths, strict=True)
    arrays = (np.array(x) for x in (pids, cams, modalities))
    return ImageList(*arrays, list(names))


def sysu_images(**kwargs):
    return camera_tree([(1, 2, 4, 5), (3, 6)], **kwargs)


def listed_gallery(images, cameras, shots, seed):
    """The gallery drawn with the global generator over folder listings."""
    random.seed(seed)
    chosen = []
    for pid in sorted(set(images.pids.tolist())):
        for cam in cameras:
            prefix = f'root/cam{cam}/{pid:04d}/'
            files = sorted(p for p in images.img_paths if p.startswith(prefix))
            if not files:
                continue
            if shots == 1:
                chosen.append(random.choice(files))
            elif len(files) < shots:
                chosen += files
            else:
                chosen += random.sample(files, shots)
    return chosen


@pytest.mark.parametrize('shots', [1, 10])
@pytest.mark.parametrize('mode', ['all', 'indoor'])
def test_sysu_draws_the_published_galleries(mode, shots):
    images = sysu_images()
    trials = SYSUProtocol(modes=[mode], shots=[shots]).trials(images)
    cameras = {'all': (1, 2, 4, 5), 'indoor': (1, 2)}[mode]
    assert len(trials) == 10
    for seed, trial in enumerate(trials):
        paths = [images.img_paths[i] for i in trial.gallery]
        assert paths == listed_gallery(images, cameras, shots, seed)


def test_choice_draws_as_a_sample_of_one():
    for seed in range(10):
        one, other = random.Random(seed), random.Random(seed)
        for size in range(1, 200):
            files = list(range(size))
            assert [one.choice(files)] == other.sample(files, 1)


def test_sysu_trials():
    images = sysu_images()
    trials = SYSUProtocol(trials=3).trials(images)
    names = [t.name for t in trials]
    assert names == [
        f'sysu/{mode}/{shots}'
        for mode in ('all', 'indoor')
        for shots in ('single', 'multi')
        for _ in range(3)
    ]
    for trial in trials:
        assert trial.cmc_level == 'identity'
        assert trial.exclude is sysu_same_location
        assert (images.modalities[trial.query] == 1).all()
        assert len(trial.query) == (images.modalities == 1).sum()


def test_sysu_official_permutations(tmp_path):
    images = sysu_images(root=str(tmp_path))
    rng = np.random.default_rng(0)
    permutations = np.empty((6, 1), dtype=object)
    for cam in range(6):
        people = np.empty((20, 1), dtype=object)
        for pid in range(20):
            count = 7 if (pid, cam) == (19, 0) else 13 + cam
            people[pid, 0] = np.stack(
                [rng.permutation(count) + 1 for _ in range(10)]
            )
        permutations[cam, 0] = people
    (tmp_path / 'exp').mkdir()
    file = tmp_path / 'exp' / 'rand_perm_cam.mat'
    scipy.io.savemat(file, {'rand_perm_cam': permutations})
    protocol = SYSUProtocol(['all'], [10], gallery_selection='official_mat')
    assert protocol.notes == ['galleries by rand_perm_cam.mat']
    assert SYSUProtocol().notes == []
    trial = protocol.trials(images)[4]
    expected = [
        f'{tmp_path}/cam{cam}/{pid:04d}/{number:04d}.jpg'
        for pid in (3, 8, 20)
        for cam in (1, 2, 4, 5)
        if (pid, cam) != (8, 4)
        for number in permutations[cam - 1, 0][pid - 1, 0][4][:10]
    ]
    assert [images.img_paths[i] for i in trial.gallery] == expected
    file.unlink()
    with pytest.raises(FileNotFoundError, match="gallery_selection='seed'"):
        protocol.trials(images)


def test_sysu_exclusion_is_by_place_alone():
    hidden = sysu_same_location(
        torch.tensor([[5], [5]]),
        torch.tensor([[3], [6]]),
        torch.tensor([[5, 9, 5]]),
        torch.tensor([[2, 2, 1]]),
    )
    assert hidden.tolist() == [[True, True, False], [False, False, False]]


def test_llcm_exclusion_needs_both():
    hidden = same_camera_and_person(
        torch.tensor([[5]]),
        torch.tensor([[2]]),
        torch.tensor([[5, 5, 9]]),
        torch.tensor([[2, 1, 2]]),
    )
    assert hidden.tolist() == [[True, False, False]]


def test_regdb_directions():
    images = camera_tree([(1,), (2,)])
    v2t, t2v = RegDBProtocol().trials(images)
    assert (v2t.name, t2v.name) == ('regdb/v2t', 'regdb/t2v')
    assert torch.equal(v2t.query, t2v.gallery)
    assert torch.equal(v2t.gallery, t2v.query)
    assert (images.modalities[v2t.query] == 0).all()
    assert v2t.cmc_level == 'image'
    assert v2t.exclude is None


def test_llcm_readings():
    images = camera_tree([(1, 2, 3), (1, 2)])
    trials = LLCMProtocol(trials=2).trials(images)
    by_name = {}
    for trial in trials:
        by_name.setdefault(trial.name, []).append(trial)
    assert list(by_name) == [
        'llcm/i2v',
        'llcm/v2i/paper',
        'llcm/v2i/official_script',
    ]
    paper = by_name['llcm/v2i/paper'][1]
    script = by_name['llcm/v2i/official_script'][1]
    assert torch.equal(paper.gallery, script.query)
    assert torch.equal(paper.query, script.gallery)
    for trial in by_name['llcm/i2v']:
        drawn = [(images.pids[i], images.cam_ids[i]) for i in trial.gallery]
        assert len(set(drawn)) == len(drawn) == 9
    files = [images.img_paths[i] for i in by_name['llcm/i2v'][1].gallery]
    assert files == listed_gallery(images, (1, 2, 3), 1, 1)


def test_registered():
    protocol = PROTOCOLS.build(dict(type='SYSUProtocol', trials=1))
    assert isinstance(protocol, SYSUProtocol)


@pytest.mark.parametrize(
    'build',
    [
        lambda: SYSUProtocol(modes=['outdoor']),
        lambda: SYSUProtocol(shots=[2]),
        lambda: SYSUProtocol(trials=0),
        lambda: SYSUProtocol(gallery_selection='mat'),
        lambda: RegDBProtocol(['v2v']),
        lambda: RegDBProtocol([]),
        lambda: LLCMProtocol(v2i_readings=['mine']),
    ],
)
def test_unknown_options(build):
    with pytest.raises(ValueError, match='must be a non-empty choice'):
        build()


def test_no_gallery():
    images = camera_tree([(4, 5), (3, 6)])
    with pytest.raises(ValueError, match='gallery must be images of one'):
        SYSUProtocol(modes=['indoor']).trials(images)


def test_wrong_infrared_camera():
    with pytest.raises(ValueError, match='another data set'):
        SYSUProtocol().trials(camera_tree([(1,), (2,)]))


def test_same_modality():
    images = camera_tree([(1,), (2,)])
    visible = images.of_modality(0)
    with pytest.raises(ValueError, match='are both visible'):
        RegDBProtocol.make_trial(images, 'x', visible[:5], visible[5:])


def test_no_common_identity():
    images = camera_tree([(1,), (2,)])
    pids = images.pids + 100 * images.modalities
    images = ImageList(
        pids, images.cam_ids, images.modalities, images.img_paths
    )
    with pytest.raises(ValueError, match='number the same person alike'):
        RegDBProtocol().trials(images)


def test_warns_when_a_real_test_set_is_incomplete():
    images = sysu_images(people=range(1, 97))
    protocol = SYSUProtocol(modes=['indoor'], trials=1)
    with pytest.warns(
        UserWarning, match='published lists give 3803'
    ) as caught:
        trials = protocol.trials(images)
    # Once, and the galleries of one and of ten shots are drawn all the same.
    assert (len(caught), len(trials)) == (1, 2)


def test_columns_must_match():
    with pytest.raises(ValueError, match='one entry per image'):
        ImageList(np.zeros(2), np.zeros(2), np.zeros(3), ['a', 'b'])
