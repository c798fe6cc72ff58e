from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import rank_one_by_one

from mmvireid.evaluation import counting, ranking
from mmvireid.evaluation.protocols.exclusion import (
    same_camera_and_person,
    sysu_same_location,
)
from mmvireid.evaluation.ranking import (
    cosine,
    score_similarity,
    score_trials,
)
from mmvireid.structures import RetrievalTrial


def golden():
    rng = np.random.RandomState(0)
    distance = rng.rand(50, 120)
    query_pids = rng.randint(0, 12, 50)
    gallery_pids = np.repeat(np.arange(12), 10)
    query_cams = rng.choice([3, 6], 50)
    gallery_cams = rng.choice([1, 2, 4, 5], 120)
    return distance, query_pids, gallery_pids, query_cams, gallery_cams


def score(distance, *labels, exclude=None, cmc_level='image'):
    """Score a distance as two equal trials: codes are made for several."""
    similarity = torch.from_numpy(-distance)
    labels = [torch.from_numpy(np.asarray(label)) for label in labels]
    pids = torch.cat(labels[:2])
    cams = torch.cat(labels[2:]) if labels[2:] else torch.zeros_like(pids)
    num_query = len(distance)
    indices = torch.arange(len(pids))
    trial = RetrievalTrial(
        'x', indices[:num_query], indices[num_query:], exclude, cmc_level
    )
    first, second = score_trials(
        lambda gallery: lambda query: similarity[query].T.contiguous(),
        pids,
        cams,
        [trial, trial],
    )
    alone = score_similarity(
        similarity, *labels, exclude=exclude, cmc_level=cmc_level
    )
    for other in (second, alone):
        assert torch.equal(first.cmc, other.cmc)
        assert first.mAP == pytest.approx(other.mAP, abs=1e-12)
        assert first.mINP == pytest.approx(other.mINP, abs=1e-12)
    return first


@pytest.fixture(params=['floats', 'codes'])
def method(request, monkeypatch):
    """Force one way of counting, and see that it was taken."""
    used = []

    def encode(*args):
        used.append(1)
        return counting.encode_places(*args)

    cost = -1e9 if request.param == 'codes' else 1e9
    monkeypatch.setattr(ranking, 'COST_PLACE', cost)
    monkeypatch.setattr(ranking, 'encode_places', encode)
    yield
    assert bool(used) == (request.param == 'codes')


def test_sysu_golden(method):
    result = score(*golden(), exclude=sysu_same_location, cmc_level='identity')
    assert result.cmc[[0, 4, 9]].tolist() == pytest.approx([0.08, 0.38, 0.80])
    assert result.mAP == pytest.approx(0.119421, abs=5e-7)
    assert result.mINP == pytest.approx(0.091041, abs=5e-7)


def test_regdb_golden(method):
    result = score(*golden()[:3])
    assert result.cmc[[0, 4, 9]].tolist() == pytest.approx([0.08, 0.44, 0.60])
    assert result.mAP == pytest.approx(0.115370, abs=5e-7)
    assert result.mINP == pytest.approx(0.088991, abs=5e-7)


def test_ragged_golden(method):
    distance = np.random.RandomState(1).rand(4, 6)
    labels = [[0, 1, 2, 3], [0, 0, 1, 1, 2, 3]]
    cams = [[3, 6, 3, 3], [1, 2, 1, 4, 5, 2]]
    result = score(
        distance,
        *labels,
        *cams,
        exclude=sysu_same_location,
        cmc_level='identity',
    )
    expected = [0, 1 / 3, 1, 1, 1, 1]
    assert result.cmc[:6].tolist() == pytest.approx(expected)
    assert result.cmc[6:].tolist() == [1] * 14
    assert result.mAP == pytest.approx(0.316667, abs=5e-7)
    assert result.mINP == pytest.approx(0.327778, abs=5e-7)
    assert (result.num_valid, result.num_queries) == (3, 4)


def test_average_precision_identity():
    """The mean of j / p_j is the area summed over all of the list."""
    distance, query_pids, gallery_pids = golden()[:3]
    areas = []
    for row, pid in zip(distance, query_pids, strict=True):
        hit = gallery_pids[np.argsort(row)] == pid
        precision = hit.cumsum() / np.arange(1, len(hit) + 1)
        areas.append((precision * hit).sum() / hit.sum())
    result = score(distance, query_pids, gallery_pids)
    assert result.mAP == pytest.approx(np.mean(areas), abs=1e-12)


@st.composite
def cases(draw):
    seed = draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    num_query = draw(st.integers(1, 12))
    num_gallery = draw(st.integers(1, 300))
    identities = draw(st.sampled_from([1, 2, 5, 40]))
    # A handful of values: nearly everything is tied with something.
    values = draw(st.sampled_from([1, 2, 7, 100, 10**6]))
    scale = draw(st.sampled_from([1e-6, 1, 1e3]))
    distance = rng.integers(-values, values + 1, (num_query, num_gallery))
    return (
        distance * (scale / values),
        rng.integers(0, identities, num_query),
        rng.integers(0, identities, num_gallery),
        rng.integers(1, 7, num_query),
        rng.integers(1, 7, num_gallery),
        draw(st.sampled_from(['image', 'identity'])),
        draw(
            st.sampled_from([None, sysu_same_location, same_camera_and_person])
        ),
        draw(st.sampled_from([np.float32, np.float64])),
        draw(st.sampled_from(['floats', 'codes'])),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cases())
def test_equals_the_slow_way_under_ties(case):
    distance, *labels, level, exclude, dtype, method = case
    distance = distance.astype(dtype)
    hidden = None
    if exclude is not None:
        q, g, qc, gc = (torch.from_numpy(label) for label in labels)
        hidden = exclude(q[:, None], qc[:, None], g[None], gc[None])
        hidden = hidden.expand(distance.shape).numpy()
    expected = rank_one_by_one(
        distance.astype(np.float64), *labels[:2], hidden, level
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ranking, 'COST_PLACE', 1e9 if method == 'floats' else -1e9
        )
        patch.setattr(ranking, 'CHUNK_ELEMENTS', 1500)
        patch.setattr(ranking, 'MAX_QUERIES', 8)
        patch.setattr(counting, 'BLOCK_BYTES', 1500)
        patch.setattr(counting, 'BLOCK_ROWS', 60)
        patch.setattr(counting, 'TIED_ELEMENTS', 900)
        patch.setattr(counting, 'PLACE_ELEMENTS', 900)
        result = score(distance, *labels, exclude=exclude, cmc_level=level)
    np.testing.assert_allclose(result.cmc, expected[0], atol=1e-12)
    assert result.mAP == pytest.approx(expected[1], abs=1e-12)
    assert result.mINP == pytest.approx(expected[2], abs=1e-12)
    assert result.num_valid == expected[3]


@pytest.mark.parametrize('width', [8, 11])
def test_more_words_than_a_lane_holds(width):
    """Counts beyond 255 rows must not carry between lanes."""
    mask = torch.ones(600, width, dtype=torch.uint8)
    mask[::2, 1] = 0
    mask[:, 2] = 0
    expected = [600, 300, 0] + [600] * (width - 3)
    assert counting.sum_rows(mask).tolist() == expected
    assert counting.sum_rows(mask.float()).tolist() == expected
    few = counting.sum_rows(mask[:255])
    assert few.tolist() == mask[:255].sum(0).tolist()


@pytest.mark.parametrize('tied', [False, True])
def test_trials_share_one_similarity(method, tied):
    """Any subsets, also with an exclusion, equal scoring each alone."""
    rng = np.random.default_rng(0)
    features = torch.from_numpy(rng.normal(size=(150, 8)))
    if tied:  # integers: similarities of many images are the same
        features = features.round()
    pids = torch.from_numpy(rng.integers(0, 9, 150))
    cams = torch.from_numpy(rng.integers(1, 7, 150))
    first, second = torch.arange(50), torch.arange(20, 60)
    trials = [
        RetrievalTrial(
            'a',
            query,
            torch.from_numpy(rng.permutation(np.arange(60, 150))[:size]),
            exclude,
            level,
        )
        for query in (first, second)
        for size in (30, 90, 45)
        for exclude in (sysu_same_location, None)
        for level in ('image', 'identity')
    ]
    results = score_trials(cosine(features), pids, cams, trials)
    for trial, result in zip(trials, results, strict=True):
        q, g = trial.query, trial.gallery.sort().values
        hidden = None
        if trial.exclude:
            hidden = (cams[q, None] == 3) & (cams[None, g] == 2)
            hidden = hidden.numpy()
        cmc, ap, inp, valid = rank_one_by_one(
            -(features[q] @ features[g].T).numpy(),
            pids[q].numpy(),
            pids[g].numpy(),
            hidden,
            trial.cmc_level,
        )
        np.testing.assert_allclose(result.cmc, cmc, atol=1e-12)
        assert result.mAP == pytest.approx(ap, abs=1e-12)
        assert result.mINP == pytest.approx(inp, abs=1e-12)
        assert result.num_valid == valid


def test_nan_is_an_error():
    similarity = torch.zeros(2, 3)
    similarity[1, 2] = torch.nan
    with pytest.raises(ValueError, match='NaN'):
        score_similarity(similarity, torch.zeros(2), torch.zeros(3))


def test_wrong_shapes_are_an_error():
    with pytest.raises(ValueError, match='as many query and gallery pids'):
        score_similarity(torch.zeros(2, 3), torch.zeros(3), torch.zeros(3))


def test_no_valid_query():
    result = score_similarity(
        torch.rand(2, 3), torch.zeros(2).long(), torch.ones(3).long()
    )
    assert result.num_valid == 0
    assert result.mAP == result.mINP == result.cmc.sum() == 0


def test_the_number_of_threads_is_left_as_it_was():
    """Also for threads that start later, whatever the workers set."""

    def count_in_a_new_thread():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(torch.get_num_threads).result()

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        seen = ranking._in_parallel(
            lambda _: torch.get_num_threads(), range(6), workers=3
        )
        assert seen == [1] * 6
        assert torch.get_num_threads() == 3
        assert count_in_a_new_thread() == 3
    finally:
        torch.set_num_threads(before)
