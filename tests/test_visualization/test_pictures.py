import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmvireid.evaluation import SYSUProtocol
from mmvireid.utils.optional import require
from mmvireid.visualization import draw_ranked_lists, draw_tsne
from mmvireid.visualization.ranked_lists import choose_queries, rank
from mmvireid.visualization.tsne import choose_identities

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
    assert choose_identities(saved, 3).tolist() == [1, 3, 6]
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
