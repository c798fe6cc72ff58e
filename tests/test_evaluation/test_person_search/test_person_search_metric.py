import json

import pytest
import search_data as data
import torch
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.structures import BaseDataElement, InstanceData

from mmvireid.evaluation import PersonSearchMetric, RetrievalReport
from mmvireid.evaluation import score_search as score

SEED = 4
COLUMNS = ['mAP', 'top1', 'top5', 'top10', 'gt_mAP', 'AP50', 'recall']


@pytest.fixture
def protocol(tmp_path):
    records = data.to_records(data.random_scenes(SEED))
    queries = [
        dict(ann_id=number, gallery=None)
        for number in records.ann_ids.tolist()[::2]
    ]
    path = tmp_path / 'all.json'
    path.write_text(json.dumps(dict(protocol='all', queries=queries)))
    return dict(
        type='mmvireid.PersonSearchProtocol',
        name='toy',
        ann_files=dict(all=str(path)),
    )


def data_list(scenes):
    return [
        dict(
            img_id=scene['img_id'],
            img_path='',
            cam_id=scene['cam_id'],
            modality=scene['modality'],
            instances=[
                dict(
                    bbox=b['box'].tolist(),
                    person_id=b['pid'],
                    iou_thresh=b['iou_thresh'],
                    ann_id=b['ann_id'],
                )
                for b in scene['boxes']
            ],
        )
        for scene in scenes
    ]


def samples(scenes):
    """Predictions, each with one of a score that does not count."""
    ignored = dict(
        box=[0, 0, 9, 9], score=0.1, embedding=[1.0] + [0.0] * (data.WIDTH - 1)
    )
    made = []
    for scene, found in zip(
        scenes, data.random_detections(scenes, SEED), strict=True
    ):
        found = [[*found, ignored]]
        sample = BaseDataElement(metainfo=dict(img_id=scene['img_id']))
        sample.pred_instances = InstanceData(
            bboxes=data.flat(found, 'box', 4),
            scores=data.flat(found, 'score'),
            embeddings=data.flat(found, 'embedding', data.WIDTH),
        )
        sample.gt_instances = InstanceData(
            embeddings=data.flat([scene['boxes']], 'embedding', data.WIDTH)
        )
        made.append(sample)
    return made


@pytest.fixture
def scenes():
    return data.random_scenes(SEED)


def run(metric, given, scenes, size=None):
    metric.use_records(data_list(scenes))
    evaluator = Evaluator(metric)
    evaluator.process(given)
    return evaluator.evaluate(size or len(scenes))


@pytest.mark.parametrize('mode', ['exact', 'corrected'])
def test_scores_and_report(protocol, scenes, mode, tmp_path):
    metric = PersonSearchMetric(protocol, mode)
    scores = run(metric, samples(scenes), scenes)
    (expected,) = score(
        data.to_records(scenes),
        data.to_detections(data.random_detections(scenes, SEED)),
        data.box_embeddings(scenes),
        metric.plan.trials,
        mode,
    )
    assert [key.rpartition('/')[0] for key in scores] == ['toy/all/reid'] * 7
    assert [key.rpartition('/')[2] for key in scores] == COLUMNS
    for column in COLUMNS:
        value = scores[f'toy/all/reid/{column}']
        assert value == pytest.approx(100 * getattr(expected, column))
    metric.report.save(tmp_path / 'report.json')
    content = json.loads((tmp_path / 'report.json').read_text())
    (row,) = content['rows']
    assert list(row) == ['protocol', 'feature', 'trials', *COLUMNS]
    assert (row['protocol'], row['feature'], row['trials']) == (
        'toy/all',
        'reid',
        1,
    )
    assert row['mAP'] == [pytest.approx(100 * expected.mAP), 0]
    assert content['notes'] == ['object-centric', f'{mode} rules']
    assert RetrievalReport.load(tmp_path / 'report.json') == metric.report
    text = metric.report.to_text('PRW')
    assert all(column in text for column in COLUMNS)
    merged = RetrievalReport.merge([metric.report] * 3)
    assert merged.row('toy/all', 'reid').trials == 3


def test_order_and_repetitions_do_not_matter(protocol, scenes):
    given = samples(scenes)
    expected = run(PersonSearchMetric(protocol), given, scenes)
    metric = PersonSearchMetric(protocol)
    metric.use_records(data_list(scenes))
    order = torch.randperm(len(given)).tolist()
    shuffled = [given[i] for i in order] + [given[order[0]]] * 3
    metric.process(None, [sample.to_dict() for sample in shuffled])
    metric._size = len(scenes)
    assert metric.compute_metrics(metric.results) == expected


def test_a_missing_scene_is_an_error(protocol, scenes):
    given = samples(scenes)
    given[5] = given[4]
    with pytest.raises(ValueError, match='14 images, .* of 13 .*`img_id`'):
        run(PersonSearchMetric(protocol), given, scenes)


def test_a_scene_of_another_set_is_an_error(protocol, scenes):
    given = samples(scenes)
    given[5].set_metainfo(dict(img_id=99))
    with pytest.raises(KeyError, match='img_id 99'):
        run(PersonSearchMetric(protocol), given, scenes)


def test_boxes_that_the_pipeline_dropped(protocol, scenes):
    given = samples(scenes)
    number = next(i for i, s in enumerate(scenes) if s['boxes'])
    given[number].gt_instances = given[number].gt_instances[1:]
    with pytest.raises(ValueError, match='neither drop nor add'):
        run(PersonSearchMetric(protocol), given, scenes)


def test_what_a_model_does_not_give(protocol, scenes):
    given = samples(scenes)
    del given[0].gt_instances.embeddings
    with pytest.raises(ValueError, match='gt_instances.embeddings'):
        run(PersonSearchMetric(protocol), given, scenes)
    given = samples(scenes)
    del given[0].pred_instances.embeddings
    given[0].pred_instances.query_index = torch.zeros(
        len(given[0].pred_instances), dtype=torch.int64
    )
    with pytest.raises(ValueError, match='similarities'):
        run(PersonSearchMetric(protocol), given, scenes)


@pytest.mark.parametrize('mode', ['exact', 'corrected'])
def test_embeddings_that_are_no_numbers(protocol, scenes, mode, caplog):
    given = samples(scenes)
    given[1].pred_instances.embeddings[:] = torch.nan
    number = int((given[1].pred_instances.scores >= 0.5).sum())
    assert number
    metric = PersonSearchMetric(protocol, mode)
    if mode == 'corrected':
        with pytest.raises(ValueError, match='NaN'):
            run(metric, given, scenes)
        return
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    try:
        run(metric, given, scenes)
    finally:
        logger.removeHandler(caplog.handler)
    assert f'and of {number} of' in caplog.text


def test_without_annotations(protocol, scenes):
    metric = PersonSearchMetric(protocol)
    metric.process(None, [s.to_dict() for s in samples(scenes)])
    metric._size = len(scenes)
    with pytest.raises(RuntimeError, match='PersonSearchTestLoop'):
        metric.compute_metrics(metric.results)


def test_unknown_mode(protocol):
    with pytest.raises(ValueError, match='corrected'):
        PersonSearchMetric(protocol, mode='coco')


def test_keeps_no_more_than_it_needs(protocol, scenes):
    """A view into its batch would take the batch along when pickled."""
    metric = PersonSearchMetric(protocol)
    batch = torch.rand(64, data.WIDTH)
    (sample, *_) = samples([s for s in scenes if s['boxes']][:1])
    sample = sample.to_dict()
    sample['pred_instances'] = dict(
        bboxes=torch.rand(64, 4)[:2],
        scores=torch.tensor([0.4, 0.9]),
        embeddings=batch[:2],
    )
    metric.process(None, [sample])
    kept = metric.results[0]['embeddings']
    assert kept.shape == (1, data.WIDTH)
    assert kept.untyped_storage().nbytes() == data.WIDTH * 4
