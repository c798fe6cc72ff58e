import blob_scenes
import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmvireid.apis import PersonSearchInferencer
from mmvireid.visualization import draw_search_hits


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('search') / 'scenes'
    blob_scenes.write_scenes(folder)
    model = blob_scenes.BlobSearcher()
    torch.save(dict(state_dict=model.state_dict()), folder / 'model.pth')
    return folder


@pytest.fixture(params=['object', 'query'])
def inferencer(request, folder):
    return make(folder, request.param)


def make(folder, path='object', device='cpu'):
    config = Config(blob_scenes.make_config(folder, path))
    return PersonSearchInferencer(config, str(folder / 'model.pth'), device)


def expected(folder, person, but):
    """Paths and boxes of a person in other scenes."""
    config = blob_scenes.make_config(folder)
    dataset = blob_scenes.BlobScenes(
        ann_file=config['test_dataloader']['dataset']['ann_file'],
        data_root=str(folder),
        pipeline=[],
    )
    return {
        scene['img_path']: tuple(instance['bbox'])
        for scene in dataset.load_data_list()
        for instance in scene['instances']
        if instance['person_id'] == person and scene['img_id'] != but
    }


def a_query(folder):
    """A person of the first scene that is in others too."""
    dataset = blob_scenes.BlobScenes(
        ann_file='annotations/test.json', data_root=str(folder), pipeline=[]
    )
    scene = dataset.load_data_list()[0]
    for instance in scene['instances']:
        right = expected(folder, instance['person_id'], 0)
        if len(right) > 2:
            return scene['img_path'], instance['bbox'], right
    raise AssertionError('the seed gives no such query')


@pytest.mark.parametrize('batch_size', [1, 4])
def test_finds_the_person_elsewhere(inferencer, folder, batch_size):
    path, box, right = a_query(folder)
    hits = inferencer(
        str(folder), path, box, len(right), batch_size=batch_size
    )
    assert {hit.image: hit.bbox for hit in hits} == right
    similarities = [hit.similarity for hit in hits]
    assert similarities == sorted(similarities, reverse=True)
    assert min(similarities) > 0.99
    assert all(0.5 <= hit.score <= 1 for hit in hits)


def test_arrays_and_lists(inferencer, folder, tmp_path):
    path, box, right = a_query(folder)
    others = sorted(right)
    hits = inferencer(
        [cv2.imread(name) for name in others], cv2.imread(path), box, 1
    )
    assert isinstance(hits[0].image, np.ndarray)
    similarity = hits[0].similarity
    gray = [cv2.imread(name, cv2.IMREAD_GRAYSCALE) for name in others]
    hits = inferencer(gray, cv2.imread(path), box, 1)
    assert hits[0].image.ndim == 2
    drawn = draw_search_hits(path, box, hits, tmp_path / 'gray.png')
    assert cv2.imread(str(drawn)).shape[0] > 200
    named = inferencer(others, path, box, 1)
    assert similarity == named[0].similarity
    assert inferencer(others[0], path, box, 1)[0].image == others[0]


def test_across_spectra(folder):
    path, box, right = a_query(folder)
    infrared = [name for name in right if int(name.split('/')[-1][:-4]) % 2]
    hits = make(folder)(infrared, path, box, 1, modality='infrared')
    assert hits[0].similarity > 0.99


def test_nothing_found(inferencer, folder, tmp_path):
    path, box, _ = a_query(folder)
    empty = str(tmp_path / 'empty.png')
    cv2.imwrite(empty, np.zeros((48, 64, 3), np.uint8))
    assert inferencer(empty, path, box) == []
    assert inferencer(str(folder), path, box, score_thr=1.01) == []
    drawn = draw_search_hits(path, box, [], tmp_path / 'none.png')
    assert cv2.imread(str(drawn)).shape[0] > 200


@pytest.mark.parametrize(
    'box', [(1, 2, 3), (5, 5, 5, 9), (0, 0, float('nan'), 4), (4, 9, 3, 12)]
)
def test_boxes_that_are_none(folder, box):
    path, _, _ = a_query(folder)
    with pytest.raises(ValueError, match='x1, y1, x2, y2'):
        make(folder)(str(folder), path, box)


def test_bad_inputs(folder, tmp_path):
    inferencer = make(folder)
    path, box, _ = a_query(folder)
    with pytest.raises(ValueError, match='64 pixels wide and 48 high'):
        inferencer(str(folder), path, (70, 5, 80, 30))
    with pytest.raises(FileNotFoundError, match='no image or folder'):
        inferencer(str(folder), 'missing.png', box)
    with pytest.raises(FileNotFoundError, match='no image in'):
        inferencer(str(tmp_path), path, box)
    with pytest.raises(ValueError, match='thermal'):
        inferencer(str(folder), path, box, modality='thermal')
    broken = tmp_path / 'broken.jpg'
    broken.write_bytes(b'no image')
    with pytest.raises(ValueError, match='cannot be read'):
        inferencer(str(broken), path, box)
    with pytest.raises(ValueError, match='no scene to search besides'):
        inferencer(path, path, box)
    for name, value in (('top', 0), ('batch_size', 0), ('score_thr', 'x')):
        with pytest.raises(ValueError, match=name):
            inferencer(str(folder), path, box, **{name: value})
    with pytest.raises(ValueError, match='checkpoint'):
        PersonSearchInferencer(inferencer.cfg)
    with pytest.raises(ValueError, match='device "nowhere" cannot be used'):
        make(folder, device='nowhere')


def test_embeddings_that_are_no_numbers(folder, monkeypatch):
    path, box, _ = a_query(folder)
    embed = blob_scenes.embed
    inferencer = make(folder)
    monkeypatch.setattr(
        blob_scenes, 'embed', lambda *args: embed(*args) * torch.nan
    )
    with pytest.raises(ValueError, match='not a number'):
        inferencer(str(folder), path, box)


def test_tool(folder, tmp_path, load_tool, capsys):
    path, box, right = a_query(folder)
    config = tmp_path / 'config.py'
    Config(blob_scenes.make_config(folder)).dump(config)
    out = tmp_path / 'pictures' / 'found.png'
    arguments = [
        *(str(folder / 'model.pth'), path, '--config', str(config)),
        *('--scenes', str(folder), '--device', 'cpu', '--top', '4'),
        *('--out', str(out), '--box'),
    ]
    main = load_tool('tools/visualization/search_person.py').main
    main([*arguments, *map(str, box)])
    printed = capsys.readouterr().out.splitlines()
    assert sum(name in ' '.join(printed) for name in right) >= 3
    assert cv2.imread(str(out)).shape[2] == 3
    with pytest.raises(SystemExit, match='not in its scene'):
        main([*arguments, '100', '100', '120', '120'])
    arguments[arguments.index(str(out))] = str(tmp_path / 'found.txt')
    with pytest.raises(SystemExit, match='no ending of a picture'):
        main([*arguments, *map(str, box)])


def test_picture_shows_boxes_and_verdicts(folder, tmp_path):
    path, box, _ = a_query(folder)
    hits = make(folder)(str(folder), path, box, 4)
    known = [True, True, False, False]
    drawn = draw_search_hits(path, box, hits, tmp_path / 'x.png', known)
    image = cv2.imread(str(drawn))[..., ::-1]

    def count(color):
        return int((image == color).all(-1).sum())

    green, red, blue = map(
        count, ([40, 180, 40], [220, 40, 40], [40, 80, 220])
    )
    assert min(green, red, blue) > 200
    assert green + red > 3 * blue
    with pytest.raises(FileNotFoundError, match='gone.png'):
        draw_search_hits('gone.png', box, [], tmp_path / 'y.png')


def test_model_of_single_persons(folder):
    config = Config(blob_scenes.make_config(folder))
    config.model.type = 'CrossModalityModel'
    with pytest.raises(ValueError, match='CrossModalityInferencer'):
        PersonSearchInferencer(config, str(folder / 'model.pth'), 'cpu')
