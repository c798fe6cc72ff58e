import logging
import socket

import numpy as np
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.dataset import DefaultSampler
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmpretrain.structures import DataSample
from reference import rank_one_by_one

from mmvireid.evaluation import CrossModalityRetrievalMetric, SavedFeatures

NUM_IMAGES = 61


def samples(noise=1.0):
    """Predictions for a RegDB-like test set of an odd size."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(10, 16))
    made = []
    for index in range(NUM_IMAGES):
        modality = int(index >= 30)
        pid = index % 10
        base = centres[pid] + noise * rng.normal(size=(2, 16))
        features = torch.nn.functional.normalize(torch.tensor(base), dim=1)
        sample = DataSample(
            metainfo=dict(
                sample_idx=index,
                img_path=f'{index}.png',
                pid=pid,
                cam_id=modality + 1,
                modality=modality,
            )
        )
        sample.set_field(
            dict(zip(('global', 'bn'), features.float(), strict=True)),
            'features',
        )
        made.append(sample)
    return made


def make(**kwargs):
    kwargs = {'protocol': dict(type='RegDBProtocol'), **kwargs}
    return CrossModalityRetrievalMetric(**kwargs)


def run(metric, given, size=NUM_IMAGES):
    evaluator = Evaluator(metric)
    for start in range(0, len(given), 8):
        evaluator.process(given[start : start + 8])
    return evaluator.evaluate(size)


def expected(given, query, gallery, name):
    x = torch.stack([s.features[name] for s in given]).double().numpy()
    pids = np.array([s.pid for s in given])
    return rank_one_by_one(
        -x[query] @ x[gallery].T, pids[query], pids[gallery]
    )


def test_scores_both_features_and_directions():
    given = samples()
    metric = make()
    result = run(metric, given)
    sides = slice(0, 30), slice(30, NUM_IMAGES)
    for name in ('global', 'bn'):
        rank1 = []
        for row, (query, gallery) in {
            'v2t': sides,
            't2v': sides[::-1],
        }.items():
            cmc, ap, inp, _ = expected(given, query, gallery, name)
            key = f'regdb/{row}/{name}/'
            for k in (1, 5, 10, 20):
                assert result[f'{key}R{k}'] == pytest.approx(100 * cmc[k - 1])
            assert result[f'{key}mAP'] == pytest.approx(100 * ap)
            assert result[f'{key}mINP'] == pytest.approx(100 * inp)
            rank1.append(100 * cmc[0])
        mean = result[f'regdb/mean/{name}/R1']
        assert mean == pytest.approx(sum(rank1) / 2)
    assert len(result) == 2 * 3 * 6
    assert metric.report.flat() == result


def test_built_from_a_config():
    init_default_scope('mmvireid')
    evaluator = Evaluator(
        dict(
            type='CrossModalityRetrievalMetric',
            protocol=dict(type='RegDBProtocol', directions=('v2t',)),
            features=('bn',),
        )
    )
    evaluator.process(samples())
    assert set(evaluator.evaluate(NUM_IMAGES)) == {
        f'regdb/v2t/bn/{name}'
        for name in ('R1', 'R5', 'R10', 'R20', 'mAP', 'mINP')
    }


def test_order_and_repetitions_do_not_matter():
    given = samples()
    result = run(make(), given)
    order = torch.randperm(NUM_IMAGES).tolist()
    shuffled = [given[i] for i in order] + [given[order[0]]] * 3
    metric = make()
    # mmengine cuts the list to the dataset's size before it hands it over.
    metric.process(None, [sample.to_dict() for sample in shuffled])
    metric._size = NUM_IMAGES
    assert metric.compute_metrics(metric.results) == result


def test_a_missing_result_is_an_error():
    given = samples()
    given[5] = given[4]
    with pytest.raises(ValueError, match='has 61 images, but .* of 60'):
        run(make(), given)


def test_an_unknown_feature_is_an_error():
    with pytest.raises(ValueError, match='part'):
        run(make(features=('part',)), samples())


def test_reranking_is_told_and_changes_scores():
    metric = make(rerank=dict(k1=6, k2=2, lambda_value=0.3))
    result = run(metric, samples())
    assert result != run(make(), samples())
    assert 'k-reciprocal re-ranking: k1=6' in metric.report.to_text()


def test_saved_features(tmp_path):
    given = samples()
    run(make(save_features=str(tmp_path / 'x' / 'f.npz')), given)
    saved = SavedFeatures.load(tmp_path / 'x' / 'f.npz')
    assert set(saved.features) == {'global', 'bn'}
    np.testing.assert_array_equal(
        saved.features['bn'][7], given[7].features['bn']
    )
    assert saved.images.img_paths[60] == '60.png'
    assert saved.images.pids.tolist() == [s.pid for s in given]
    np.savez(tmp_path / 'other.npz', a=np.zeros(3))
    with pytest.raises(ValueError, match='save_features'):
        SavedFeatures.load(tmp_path / 'other.npz')


def test_warns_at_chance():
    messages = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    try:
        run(make(), samples(noise=0.1))
        assert 'guessing' not in ''.join(messages)
        run(make(), samples(noise=1000))
        assert 'guessing gives 10.00 %' in ''.join(messages)
    finally:
        logger.removeHandler(handler)


def test_keeps_no_more_than_the_features():
    """A view into its batch would take the batch along when pickled."""
    batch = torch.rand(64, 16)
    metric = make(features=('bn',))
    sample = samples()[0].to_dict()
    sample['features'] = {'bn': batch[3]}
    metric.process(None, [sample])
    kept = metric.results[0]['features'][0]
    assert kept.untyped_storage().nbytes() == 16 * 4


def work(rank, port, queue):
    dist.init_process_group(
        'gloo',
        init_method=f'tcp://127.0.0.1:{port}',
        rank=rank,
        world_size=2,
    )
    torch.set_num_threads(1)
    given = samples()
    sampler = DefaultSampler(given, shuffle=False)
    result = run(make(), [given[index] for index in sampler])
    queue.put((rank, result))
    dist.barrier()
    dist.destroy_process_group()


def test_two_processes_equal_one():
    """61 images over two processes: one is tested twice."""

    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    context = mp.get_context('spawn')
    queue = context.Queue()
    processes = [
        context.Process(target=work, args=(rank, port, queue))
        for rank in range(2)
    ]
    for process in processes:
        process.start()
    results = dict(queue.get(timeout=120) for _ in processes)
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    assert results[0] == results[1] == run(make(), samples())
