import json

import pytest
import search_data as data
import torch

from mmvireid.evaluation import PersonSearchProtocol, SearchPlan
from mmvireid.registry import PROTOCOLS


@pytest.fixture
def records():
    return data.to_records(data.random_scenes(3))


def write(path, queries):
    path.write_text(json.dumps(dict(protocol='x', queries=queries)))
    return str(path)


def make(path, **kwargs):
    return PersonSearchProtocol('toy', dict(x=str(path)), **kwargs)


@pytest.fixture
def whole(tmp_path, records):
    queries = [
        dict(ann_id=number, gallery=None)
        for number in records.ann_ids.tolist()
    ]
    return write(tmp_path / 'whole.json', queries)


def test_all_scenes_but_the_own(records, whole):
    (trial,) = make(whole).trials(records)
    assert trial.name == 'toy/x'
    assert trial.galleries is None
    rows = torch.arange(len(trial.queries))
    listed = trial.listings(rows)
    assert torch.equal(listed.sum(1), torch.full((len(rows),), 13))
    assert not listed[rows, records.box_scenes[trial.queries]].any()


def test_listed_galleries(tmp_path, records):
    path = write(
        tmp_path / 'g.json',
        [
            dict(ann_id=4, gallery=[7, 2, 7]),
            dict(ann_id=0, gallery=[]),
            dict(ann_id=1, gallery=None),
        ],
    )
    (trial,) = make(path).trials(records)
    assert trial.queries.tolist() == [4, 0, 1]
    listed = trial.listings(torch.arange(3))
    assert listed[0].nonzero()[:, 0].tolist() == [2, 7]
    assert listed[0, 7] == 2
    assert trial.places(torch.tensor([0]))[0, [7, 2]].tolist() == [0, 1]
    assert listed[1].sum() == 0
    assert listed[2].sum() == 13
    plan = SearchPlan(records, [trial])
    assert plan.queries.tolist() == [0, 1, 4]
    assert plan.wanted(7).tolist() == [1, 2]
    own = int(records.box_scenes[1])
    assert plan.wanted(own).tolist() == [2] * (own in (2, 7))


def test_cameras_and_directions(records, whole):
    options = dict(
        type='mmvireid.PersonSearchProtocol',
        name='toy',
        ann_files=dict(x=whole),
        cameras=['any', 'same', 'cross'],
        directions=['any', 'i2v'],
    )
    trials = PROTOCOLS.build(options).trials(records)
    assert [trial.name for trial in trials] == [
        'toy/x',
        'toy/x/i2v',
        'toy/x/same_camera',
        'toy/x/same_camera/i2v',
        'toy/x/cross_camera',
        'toy/x/cross_camera/i2v',
    ]
    cams, sides = records.cam_ids, records.modalities
    for trial in trials:
        listed = trial.listings(torch.arange(len(trial.queries))) > 0
        own = trial.query_scenes[:, None]
        expected = torch.arange(len(cams))[None] != own
        if 'same' in trial.name:
            expected &= cams[None] == cams[own]
        if 'cross' in trial.name:
            expected &= cams[None] != cams[own]
        if 'i2v' in trial.name:
            assert (sides[own] == 1).all()
            assert torch.equal(trial.scenes, sides == 0)
            expected &= sides[None] == 0
        assert torch.equal(listed, expected)
        assert listed.any()


def test_listed_galleries_keep_their_order_when_restricted(tmp_path, records):
    path = write(tmp_path / 'g.json', [dict(ann_id=0, gallery=[9, 4, 3, 2])])
    own = int(records.modalities[records.box_scenes[0]])
    direction = ('v' if own == 0 else 'i') + '2v'
    (trial,) = make(path, directions=direction).trials(records)
    assert trial.galleries[0].tolist() == [4, 2]


@pytest.mark.parametrize(
    'options', [dict(cameras=['near']), dict(directions=['t2v'])]
)
def test_unknown_options(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        make('x.json', **options)


def test_bad_files(tmp_path, records):
    with pytest.raises(ValueError, match='ann_files'):
        PersonSearchProtocol('toy', {})
    with pytest.raises(FileNotFoundError, match='dataset_converters'):
        make(tmp_path / 'none.json').trials(records)
    path = tmp_path / 'bad.json'
    path.write_text('{"queries": [{"ann_id": 0}]}')
    with pytest.raises(ValueError, match='gallery'):
        make(path).trials(records)
    write(path, [dict(ann_id=10_000, gallery=None)])
    with pytest.raises(KeyError, match='10000'):
        make(path).trials(records)
    write(path, [dict(ann_id=0, gallery=[99])])
    with pytest.raises(KeyError, match='img_ids'):
        make(path).trials(records)
    write(path, [])
    with pytest.raises(ValueError, match='0 queries'):
        make(path).trials(records)


def test_cameras_must_be_known(records, whole):
    records.cam_ids[2] = -1
    with pytest.raises(ValueError, match='1 of 14 scenes'):
        make(whole, cameras=['cross']).trials(records)
