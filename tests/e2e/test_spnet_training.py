"""SPNet by the tools: query-centric pre-training, fine-tuning, test."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner import CheckpointLoader

from mmvireid.apis import PersonSearchInferencer

CONFIGS = Path(__file__).parents[2] / 'configs/spnet'
PRETRAIN = CONFIGS / 'pretrain/spnet_r18-half_b8-8e_coco-192-qc.py'
FINETUNE = CONFIGS / 'spnet_r18-half_b8-20e_cuhk-192-pt.py'
SCRATCH = CONFIGS / 'spnet_r18-half_b8-20e_cuhk-192.py'
SMALL = """
_base_ = '{config}'
loader = dict(num_workers=0, persistent_workers=False)
train_dataloader = dict(batch_size=4, **loader)
val_dataloader = loader
test_dataloader = loader
test_evaluator = dict(
    protocol=dict(
        ann_files=dict(
            _delete_=True, all=r'{scenes}/annotations/test_all.json'
        )
    )
)
val_evaluator = test_evaluator
model = dict(
    backbone=dict(backbone=dict(stem_channels=8, base_channels=8)),
    bbox_head=dict(dim=16),
    roi_head=dict(reid_dim=16),
)
train_cfg = dict(max_epochs=1, val_interval=1)
"""


@pytest.fixture
def shrink(tmp_path, monkeypatch, toy_cuhk_sysu, toy_coco):
    """Write a small form of a config."""
    monkeypatch.setenv('CUHK_SYSU_ROOT', str(toy_cuhk_sysu))
    monkeypatch.setenv('COCO_ROOT', str(toy_coco))

    def write(path):
        config = tmp_path / path.name
        config.write_text(SMALL.format(config=path, scenes=toy_cuhk_sysu))
        return str(config)

    return write


@pytest.fixture
def run(tmp_path, load_tool, shrink):
    """Call a tool on a small form of a config."""

    def call(tool, path, *arguments):
        folder = tmp_path / path.stem
        load_tool(f'tools/{tool}.py').main(
            [shrink(path), *arguments, '--work-dir', str(folder)]
        )
        return folder

    return call


def test_pretrained_finetuned_and_tested(run, tmp_path, monkeypatch, capfd):
    # The pre-trained detector is validated on scenes with names: not here.
    folder = run('train', PRETRAIN, '--no-validate')
    # It searches as it was trained.
    out = tmp_path / 'query.json'
    run('test', FINETUNE, str(folder / 'epoch_1.pth'), '--out', str(out),
        '--cfg-options', 'model.test_path=query')  # fmt: skip
    (row,) = json.loads(out.read_text())['rows']
    assert 0 <= row['mAP'][0] <= 100
    assert row['gt_mAP'][0] > 0
    monkeypatch.setenv('SPNET_CHECKPOINT', str(folder / 'epoch_1.pth'))
    # In mixed precision, as the paper trains.
    folder = run('train', FINETUNE, '--amp')
    assert 'bbox_head.' in capfd.readouterr().out  # what went where
    checkpoint = folder / 'epoch_1.pth'
    weights = CheckpointLoader.load_checkpoint(str(checkpoint))['state_dict']
    assert not [key for key in weights if key.startswith('teacher')]
    out = tmp_path / 'report.json'
    run('test', FINETUNE, str(checkpoint), '--out', str(out))
    (row,) = json.loads(out.read_text())['rows']
    assert row['protocol'] == 'cuhk_sysu/all'
    assert 0 <= row['mAP'][0] <= 100
    assert row['gt_mAP'][0] > 0
    # By a file, which leaves the number of persons to the checkpoint.
    config = str(tmp_path / FINETUNE.name)
    monkeypatch.setenv('CUHK_SYSU_ROOT', 'nowhere')
    searcher = PersonSearchInferencer(config, str(checkpoint), 'cpu')
    scene = np.zeros((240, 320, 3), np.uint8)
    box = (10, 10, 60, 200)
    found = searcher([scene], scene, box, score_thr=0)
    assert 1 <= len(found) <= 10
    best = max(hit.score for hit in found)
    # the model's own threshold is higher
    assert best < 0.5
    assert not searcher([scene], scene, box, score_thr=best + 0.01)


def test_replicas_of_two_processes_stay_identical(
    tmp_path, shrink, run_in_two_processes
):
    configs = [shrink(PRETRAIN), shrink(SCRATCH)]
    script = Path(__file__).with_name('two_searchers.py')
    run_in_two_processes(script, tmp_path, *configs)
    for config in configs:
        name = Path(config).stem
        first, second = (
            torch.load(tmp_path / f'{name}_{rank}.pth') for rank in (0, 1)
        )
        assert list(first) == list(second)
        for key, value in first.items():
            assert torch.equal(value, second[key]), key
        # something was queued
        queues = [key for key in first if key.endswith('.head')]
        assert queues
        assert all(first[key] > 0 for key in queues)
