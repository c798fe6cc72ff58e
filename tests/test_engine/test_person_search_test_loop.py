import os
import socket

import blob_scenes
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner


@pytest.fixture(scope='module')
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp('blobs') / 'scenes'
    blob_scenes.write_scenes(folder)
    return folder


def run(config, tmp_path, hook=None):
    config = Config(dict(config, work_dir=str(tmp_path)))
    runner = Runner.from_cfg(config)
    if hook is not None:
        runner.register_hook(hook)
    return runner, runner.test()


def test_object_centric_search(scenes, tmp_path):
    _, scores = run(blob_scenes.make_config(scenes), tmp_path)
    # One of 23 queries looks for a person that no other scene shows.
    assert scores['blobs/all/reid/gt_mAP'] > 95
    assert scores['blobs/all/reid/mAP'] > 95
    assert scores['blobs/all/reid/top1'] == pytest.approx(100 * 22 / 23)
    assert scores['blobs/all/reid/AP50'] > 90
    assert len(scores) == 7


def test_batches_of_any_size_give_the_same(scenes, tmp_path):
    scores = [
        run(blob_scenes.make_config(scenes, batch_size=size), tmp_path)[1]
        for size in (1, 5, 12)
    ]
    assert scores[0] == scores[1] == scores[2]


@pytest.mark.parametrize('at_once', [4096, 3])
def test_query_centric_search(scenes, tmp_path, at_once):
    config = blob_scenes.make_config(scenes, 'query')
    config['test_cfg']['queries_per_search'] = at_once
    runner, scores = run(config, tmp_path)
    _, objects = run(blob_scenes.make_config(scenes), tmp_path)
    name = 'blobs/all/reid/'
    # Nothing that is similar is lost, so nothing changes but detection.
    for column in ('mAP', 'top1', 'gt_mAP'):
        assert scores[name + column] == pytest.approx(objects[name + column])
    assert scores[name + 'recall'] > 90
    plan = runner.test_evaluator.metrics[0].plan
    searched = {}
    for img_id, wanted in runner.model.searches:
        assert len(wanted) <= at_once
        searched.setdefault(img_id, []).extend(wanted)
    everyone = torch.arange(len(plan.queries))
    own = plan.records.box_scenes[plan.queries]
    for img_id in range(12):
        assert searched[img_id] == everyone[own != img_id].tolist()


def test_a_scene_in_no_gallery_is_not_searched(scenes, tmp_path):
    queries = [dict(ann_id=0, gallery=[2, 4]), dict(ann_id=1, gallery=[4])]
    path = blob_scenes.write_protocol(scenes, 'few', queries)
    protocol = dict(blob_scenes.protocol(scenes), ann_files=dict(few=path))
    config = blob_scenes.make_config(
        scenes, 'query', batch_size=1, protocol=protocol
    )
    runner, scores = run(config, tmp_path)
    assert runner.model.searches == [(2, [0]), (4, [0, 1])]
    assert 'blobs/few/reid/mAP' in scores


def test_across_spectra(scenes, tmp_path):
    protocol = blob_scenes.protocol(scenes, directions=['i2v', 'v2i'])
    config = blob_scenes.make_config(
        scenes, protocol=protocol, mode='corrected'
    )
    runner, scores = run(config, tmp_path)
    assert scores['blobs/all/i2v/reid/mAP'] > 95
    assert scores['blobs/all/v2i/reid/mAP'] > 95
    for trial in runner.test_evaluator.metrics[0].plan.trials:
        sides = runner.test_evaluator.metrics[0].plan.records.modalities
        query = 1 if 'i2v' in trial.name else 0
        assert (sides[trial.query_scenes] == query).all()
        assert (sides[trial.scenes] == 1 - query).all()


class Recorder(Hook):
    def __init__(self):
        self.called = []

    def before_val_epoch(self, runner):
        self.called.append('before')

    def after_val_iter(self, runner, batch_idx, data_batch, outputs):
        self.called.append(len(outputs))

    def after_val_epoch(self, runner, metrics=None):
        self.called.append(metrics['blobs/all/reid/top1'])

    def before_test(self, runner):
        self.called.append('test')


def test_validates(scenes, tmp_path):
    config = blob_scenes.make_config(scenes)
    for name in ('dataloader', 'evaluator', 'cfg'):
        config[f'val_{name}'] = config.pop(f'test_{name}')
    config['val_cfg']['phase'] = 'val'
    hook = Recorder()
    runner = Runner.from_cfg(Config(dict(config, work_dir=str(tmp_path))))
    runner.register_hook(hook)
    scores = runner.val()
    assert hook.called == ['before', 5, 5, 2, pytest.approx(100 * 22 / 23)]
    assert runner.val() == scores


def test_needs_one_metric(scenes, tmp_path):
    config = blob_scenes.make_config(scenes)
    config['test_evaluator'] = [config['test_evaluator']] * 2
    with pytest.raises(ValueError, match='exactly one PersonSearchMetric'):
        run(config, tmp_path)


@pytest.mark.parametrize(
    'options', [dict(phase='train'), dict(queries_per_search=0)]
)
def test_unknown_options(scenes, tmp_path, options):
    config = blob_scenes.make_config(scenes)
    config['test_cfg'].update(options)
    with pytest.raises(ValueError, match=next(iter(options))):
        run(config, tmp_path)


def test_the_usual_loop_is_refused(scenes, tmp_path):
    config = blob_scenes.make_config(scenes)
    config['test_cfg'] = dict()
    with pytest.raises(RuntimeError, match='PersonSearchTestLoop'):
        run(config, tmp_path)


def work(rank, port, folder, queue):
    os.environ['LOCAL_RANK'] = str(rank)
    dist.init_process_group(
        'gloo',
        init_method=f'tcp://127.0.0.1:{port}',
        rank=rank,
        world_size=2,
    )
    torch.set_num_threads(1)
    results = []
    for path in ('object', 'query'):
        config = Config(blob_scenes.make_config(folder, path, batch_size=3))
        config.update(
            experiment_name=path,
            launcher='pytorch',
            model_wrapper_cfg=dict(
                type='MMDistributedDataParallel', device_ids=None
            ),
        )
        runner = Runner.from_cfg(config)
        assert is_model_wrapper(runner.model)
        results.append(runner.test())
    queue.put((rank, results))
    dist.barrier()
    dist.destroy_process_group()


def test_two_processes_equal_one(tmp_path):
    """Eleven scenes over two processes: one is tested twice."""
    folder = tmp_path / 'scenes'
    blob_scenes.write_scenes(folder, number=11)
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    context = mp.get_context('spawn')
    queue = context.Queue()
    processes = [
        context.Process(target=work, args=(rank, port, folder, queue))
        for rank in range(2)
    ]
    for process in processes:
        process.start()
    results = dict(queue.get(timeout=180) for _ in processes)
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    alone = [
        run(blob_scenes.make_config(folder, path), tmp_path)[1]
        for path in ('object', 'query')
    ]
    assert results[0] == results[1] == alone
