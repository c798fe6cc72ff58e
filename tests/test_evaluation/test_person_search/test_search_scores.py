import numpy as np
import pytest
import search_data as data
import search_reference as slow
import torch
from sklearn.metrics import average_precision_score

from mmvireid.evaluation.person_search import (
    DetectionScores,
    SceneDetections,
    SceneRecords,
    rank_lists,
    score_detections,
    score_search,
)
from mmvireid.structures import SearchTrial

MODES = ('exact', 'corrected')


@pytest.mark.parametrize('seed', range(20))
def test_average_precision_is_that_of_sklearn(seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 6, 60)
    labels = rng.random(60) < 0.3
    scores = rng.integers(0, 8 if seed % 2 else 1000, 60) / 8
    ranked = rank_lists(*map(torch.from_numpy, (labels, scores, groups)), 7)
    for group in range(7):
        own = groups == group
        expected = slow.average_precision(labels[own], scores[own])
        assert ranked.precision[group] == pytest.approx(expected, abs=1e-12)
        if labels[own].any():
            theirs = average_precision_score(labels[own], scores[own])
            assert expected == pytest.approx(theirs, abs=1e-12)
            order = np.argsort(-scores[own], kind='stable')
            assert ranked.ahead[group] == labels[own][order].argmax()
            assert ranked.right[group] == labels[own].sum()


def with_similarity(found, query):
    return [
        dict(d, similarity=slow.similarity(query['embedding'], d['embedding']))
        for d in found
    ]


def expected(scenes, detections, trial, mode):
    boxes = [b for scene in scenes for b in scene['boxes']]
    results = [
        slow.retrieve(
            boxes[row],
            gallery,
            scenes,
            lambda number, row=row: with_similarity(
                detections[number], boxes[row]
            ),
            mode,
        )
        for row, gallery in zip(
            trial.queries.tolist(), data.gallery_lists(trial), strict=True
        )
    ]
    return slow.summarise(results, mode), results


def values(score):
    return [score.mAP, score.top1, score.top5, score.top10]


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize(
    'make', [data.random_galleries, data.everything, data.few_queries]
)
@pytest.mark.parametrize('seed', range(8))
def test_object_centric_equals_a_slow_loop(seed, make, mode):
    scenes = data.random_scenes(seed)
    records = data.to_records(scenes)
    found = data.random_detections(scenes, seed)
    arguments = (scenes, records, seed)[: make.__code__.co_argcount]
    trial = make(*arguments)
    (score,) = score_search(
        records,
        data.to_detections(found),
        data.box_embeddings(scenes),
        [trial],
        mode,
    )
    wanted, results = expected(scenes, found, trial, mode)
    assert values(score) == pytest.approx(wanted, abs=1e-9)
    annotated = [
        [dict(box=b['box'], embedding=b['embedding']) for b in s['boxes']]
        for s in scenes
    ]
    truth, _ = expected(scenes, annotated, trial, mode)
    assert score.gt_mAP == pytest.approx(truth[0], abs=1e-9)
    assert [score.AP50, score.recall] == pytest.approx(
        slow.detect(scenes, found), abs=1e-9
    )
    assert score.num_queries == len(trial.queries)
    assert score.num_present == sum(r[2] > 0 for r in results)
    assert len(results) < 5 or 0 < score.mAP < 1


def answers_of(scenes, trial, seed):
    """Detections of every query in every scene, far more than exist."""
    answers = [[] for _ in scenes]
    for query in range(len(trial.queries)):
        for number, found in enumerate(
            data.random_detections(scenes, seed + 1000 * query)
        ):
            answers[number] += [dict(d, query=query) for d in found]
    return answers


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize(
    'make', [data.random_galleries, data.everything, data.few_queries]
)
@pytest.mark.parametrize('seed', range(4))
def test_query_centric_equals_a_slow_loop(seed, make, mode):
    scenes = data.random_scenes(seed)
    records = data.to_records(scenes)
    boxes = [b for scene in scenes for b in scene['boxes']]
    arguments = (scenes, records, seed)[: make.__code__.co_argcount]
    trial = make(*arguments)
    answers = answers_of(scenes, trial, seed)
    queries = [boxes[row] for row in trial.queries.tolist()]
    for found in answers:
        for d in found:
            d['similarity'] = slow.similarity(
                queries[d['query']]['embedding'], d['embedding']
            )
    detections = SceneDetections(
        data.scene_rows(answers),
        data.flat(answers, 'box', 4),
        data.flat(answers, 'score'),
        queries=data.flat(answers, 'query').long(),
        similarities=data.flat(answers, 'similarity'),
    )
    (score,) = score_search(
        records, detections, data.box_embeddings(scenes), [trial], mode
    )
    galleries = data.gallery_lists(trial)
    results = [
        slow.retrieve(
            query,
            galleries[place],
            scenes,
            lambda number, place=place: [
                dict(d, similarity=np.float32(d['similarity']))
                for d in answers[number]
                if d['query'] == place
            ],
            mode,
        )
        for place, query in enumerate(queries)
    ]
    assert values(score) == pytest.approx(slow.summarise(results, mode))
    detected = slow.detect_pairs(queries, galleries, scenes, answers, mode)
    assert [score.AP50, score.recall] == pytest.approx(detected)


def hand_made(lists, embeddings, pids, gallery, num_scenes=2):
    """One query in scene 0, and one box with the given persons in others."""
    box = [10, 10, 30, 50]
    rows = [[0], *pids]
    ann = iter(range(100))
    records = SceneRecords.from_data_list(
        dict(
            img_id=i,
            img_path='',
            cam_id=0,
            modality=0,
            instances=[
                dict(bbox=box, person_id=p, iou_thresh=0.5, ann_id=next(ann))
                for p in people
            ],
        )
        for i, people in enumerate(rows)
    )
    scenes = [i for i, found in enumerate(lists) for _ in found]
    detections = SceneDetections(
        torch.tensor(scenes),
        torch.tensor([box for found in lists for box in found]).float(),
        torch.full((len(scenes),), 0.9),
        torch.tensor(embeddings).float(),
    )
    truth = torch.tensor([[1.0, 0.0]]).repeat(len(records.boxes), 1)
    galleries = None if gallery is None else [torch.tensor(gallery).int()]
    trial = SearchTrial(
        'x',
        torch.tensor([0]),
        torch.tensor([0]),
        torch.ones(len(rows), dtype=torch.bool),
        galleries,
    )
    return {
        mode: score_search(records, detections, truth, [trial], mode)[0]
        for mode in MODES
    }


GOOD, OFF = [10, 10, 30, 50], [60, 10, 80, 50]


def test_a_scene_listed_twice():
    scores = hand_made([[], [GOOD]], [[1, 0]], [[0]], [1, 1])
    assert scores['exact'].mAP == 0.5
    assert scores['corrected'].mAP == 1


def test_two_boxes_of_one_person():
    lists, near = [[], [GOOD, GOOD]], [[1, 0], [1, 0.1]]
    scores = hand_made(lists, near, [[0, 0]], None)
    assert scores['exact'].mAP == 1
    assert scores['corrected'].mAP == 1
    scores = hand_made([[], [GOOD]], [[1, 0]], [[0, 0]], None)
    assert scores['exact'].mAP == 1
    assert scores['corrected'].mAP == 0.5


def test_the_most_similar_fitting_detection_is_right_and_others_wrong():
    lists = [[], [GOOD, GOOD, OFF]]
    scores = hand_made(lists, [[1, 0.5], [1, 0.1], [1, 0]], [[0]], None)
    assert scores['exact'].mAP == 0.5
    assert (scores['exact'].top1, scores['exact'].top5) == (0, 1)


def test_equal_similarities():
    lists, same = [[], [OFF], [GOOD]], [[1, 0], [1, 0]]
    ahead = hand_made(lists, same, [[5], [0]], [2, 1])
    behind = hand_made(lists, same, [[5], [0]], [1, 2])
    assert (ahead['exact'].top1, behind['exact'].top1) == (1, 0)
    assert (ahead['corrected'].top1, behind['corrected'].top1) == (0, 0)
    assert ahead['exact'].mAP == behind['exact'].mAP == 0.5


def test_a_person_that_is_nowhere():
    scores = hand_made([[], [GOOD]], [[1, 0]], [[7]], None)
    for score in scores.values():
        assert (score.mAP, score.gt_mAP, score.num_present) == (0, 0, 0)
        assert score.AP50 == score.recall == 0.5


def test_nothing_detected():
    scenes = data.random_scenes(0)
    records = data.to_records(scenes)
    none = SceneDetections(
        torch.zeros(0, dtype=torch.int64),
        torch.zeros(0, 4),
        torch.zeros(0),
        torch.zeros(0, data.WIDTH),
    )
    trial = data.everything(scenes, records)
    truth = data.box_embeddings(scenes)
    for mode in MODES:
        (score,) = score_search(records, none, truth, [trial], mode)
        assert values(score) == [0, 0, 0, 0]
        assert (score.AP50, score.recall) == (0, 0)
        assert score.gt_mAP > 0


def test_no_annotated_box_in_the_scenes_that_count():
    scenes = data.random_scenes(0)
    records = data.to_records(scenes)
    found = data.to_detections(data.random_detections(scenes, 0))
    nowhere = torch.zeros(len(scenes), dtype=torch.bool)
    assert score_detections(records, found, nowhere) == DetectionScores(0, 0)


def test_similarities_that_are_no_numbers():
    scenes = data.random_scenes(1)
    records = data.to_records(scenes)
    found = data.random_detections(scenes, 1)
    trial = data.everything(scenes, records)
    for scene in found[::2]:
        for d in scene:
            d['embedding'] = np.full(data.WIDTH, np.nan, np.float32)
    arguments = (records, data.to_detections(found))
    truth = data.box_embeddings(scenes)
    (score,) = score_search(*arguments, truth, [trial], 'exact')
    wanted, _ = expected(scenes, found, trial, 'exact')
    assert values(score) == pytest.approx(wanted, abs=1e-9)
    with pytest.raises(ValueError, match='NaN'):
        score_search(*arguments, truth, [trial], 'corrected')


def test_trials_with_the_same_queries_are_scored_together():
    scenes = data.random_scenes(2)
    records = data.to_records(scenes)
    found = data.to_detections(data.random_detections(scenes, 2))
    truth = data.box_embeddings(scenes)
    few = data.random_galleries(scenes, records, 2)
    other = SearchTrial(
        'other',
        few.queries[1:4],
        few.query_scenes[1:4],
        few.scenes,
        few.galleries[1:4],
    )
    trials = [few, other, data.everything(scenes, records)]
    together = score_search(records, found, truth, trials)
    apart = [score_search(records, found, truth, [t])[0] for t in trials]
    assert together == apart


def test_unknown_mode():
    scenes = data.random_scenes(2)
    records = data.to_records(scenes)
    found = data.to_detections(data.random_detections(scenes, 2))
    with pytest.raises(ValueError, match='exact'):
        score_search(records, found, torch.zeros(1, 2), [], 'coco')


def test_records_say_what_they_lack():
    instance = dict(bbox=[0, 0, 1, 1], person_id=0, ann_id=0)
    scene = dict(img_id=0, img_path='', cam_id=0, modality=0)
    with pytest.raises(ValueError, match="no 'iou_thresh'"):
        SceneRecords.from_data_list([dict(scene, instances=[instance])])
    with pytest.raises(ValueError, match="no 'instances'"):
        SceneRecords.from_data_list([scene])
    with pytest.raises(ValueError, match='img_ids .* unique'):
        SceneRecords.from_data_list([dict(scene, instances=[])] * 2)
