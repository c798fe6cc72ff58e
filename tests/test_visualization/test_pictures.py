import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmvireid.evaluation import SYSUProtocol
from mmvireid.utils.optional import require
from mmvireid.visualization import (
    choose_identities,
    draw_architecture,
    draw_ranked_lists,
    draw_tsne,
)
from mmvireid.visualization.ranked_lists import choose_queries, rank

TOOLS = Path(__file__).parents[2] / 'tools' / 'visualization'


@pytest.fixture
def trial(saved):
    return SYSUProtocol(['indoor'], [1], 1).trials(saved.images)[0]


def test_queries_are_spaced_evenly(saved, trial):
    chosen = choose_queries(saved, trial, 4)
    order = trial.query.tolist()
    assert [order.index(query) for query in chosen] == [0, 4, 7, 11]
    assert choose_queries(saved, trial, 99) == order


def test_hidden_images_are_not_listed(saved, trial):
    cams = saved.images.cam_ids
    for query, matches in rank(saved, 'bn', trial, trial.query.tolist(), 99):
        shown = set(cams[matches].tolist())
        assert shown == ({1} if cams[query] == 3 else {1, 2})
        scores = saved.features['bn'][matches] @ saved.features['bn'][query]
        assert (np.diff(scores) <= 0).all()


def near(image, color):
    return (np.abs(image.astype(int) - color).max(2) < 12).sum()


def test_ranked_lists(saved, trial, tmp_path):
    path = draw_ranked_lists(
        saved, 'bn', trial, tmp_path / 'x' / 'r.png', num_queries=3, top=5
    )
    image = cv2.imread(str(path))[..., ::-1]
    # Red visible persons, and frames of the three kinds.
    assert near(image, (255, 0, 0)) > 5000
    assert near(image, (65, 105, 225)) > 500
    assert near(image, (50, 205, 50)) > 200
    # Blue would mean that channels were swapped.
    assert near(image, (0, 0, 255)) == 0


def test_missing_image(saved, trial, tmp_path):
    Path(saved.images.img_paths[0]).unlink()
    with pytest.raises(FileNotFoundError, match='0001.png'):
        draw_ranked_lists(saved, 'bn', trial, tmp_path / 'r.png', top=99)


def test_unknown_feature(saved, trial, tmp_path):
    with pytest.raises(ValueError, match="only \\['bn'\\]"):
        draw_ranked_lists(saved, 'part', trial, tmp_path / 'r.png')
    with pytest.raises(ValueError, match="only \\['bn'\\]"):
        draw_tsne(saved, 'part', tmp_path / 't.png')


def test_tsne(saved, tmp_path):
    images = saved.images
    chosen = choose_identities(images.pids, images.modalities, 3)
    assert chosen.tolist() == [1, 3, 6]
    path = draw_tsne(saved, 'bn', tmp_path / 't.png', num_identities=3)
    image = cv2.imread(str(path))[..., ::-1]
    assert near(image, (255, 0, 0)) > 100
    assert near(image, (0, 255, 0)) > 100


@pytest.mark.parametrize(
    'arguments',
    [
        ('vis_ranking.py', 'sysu', '--row', 'sysu/indoor/single'),
        ('vis_tsne.py', '--num-identities', '4'),
    ],
)
def test_tools(saved, tmp_path, arguments):
    saved.save(tmp_path / 'f.npz')
    tool, *options = arguments
    command = [sys.executable, str(TOOLS / tool), str(tmp_path / 'f.npz')]
    command += [*options, '--out', str(tmp_path / 'out.png')]
    subprocess.run(command, check=True, timeout=300)
    assert cv2.imread(str(tmp_path / 'out.png')) is not None


def test_unknown_row_ends_in_one_line(saved, tmp_path):
    saved.save(tmp_path / 'f.npz')
    result = subprocess.run(
        [
            *(sys.executable, str(TOOLS / 'vis_ranking.py')),
            *(str(tmp_path / 'f.npz'), 'sysu', '--row', 'sysu/none'),
        ],
        check=False,
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert 'sysu/indoor/multi' in result.stderr
    assert 'Traceback' not in result.stderr


def test_a_missing_library_says_what_to_install():
    with pytest.raises(ImportError, match='pip install no_such_library'):
        require('no_such_library.part')


def test_architectures_are_drawn_by_norm_and_epoch(tmp_path):
    # three norms: one towards separate, one towards shared, one undecided
    history = np.array([[0.5, 0.5, 0.5], [0.9, 0.1, 0.5]])
    path = draw_architecture(history, ['a', 'b', 'c'], tmp_path / 'a.png')
    image = cv2.imread(str(path))[..., ::-1].astype(int)
    red, blue = (
        image[..., 0] > image[..., 2] + 60,
        (image[..., 2] > image[..., 0] + 60),
    )
    left = image.shape[1] // 2
    # in the course, red lies above blue, and both in the second epoch
    for color in (red, blue):
        assert color[:, :left].any()
    rows = [np.flatnonzero(c[:, :left].any(1)) for c in (red, blue)]
    assert rows[0].max() < rows[1].min()
    columns = [np.flatnonzero(c[:, :left].any(0)) for c in (red, blue)]
    assert columns[0].min() == columns[1].min() > 100
