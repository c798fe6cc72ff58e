"""MMGL's pre-training and the fine-tuning after it, by the tools."""

import json
from pathlib import Path

import pytest
from mmengine.runner import CheckpointLoader

from mmvireid.structures import MODALITIES

CONFIGS = Path(__file__).parents[2] / 'configs/mmgl'
PRETRAIN = str(CONFIGS / 'mmgl_r18_48v48i-600i_regdb-96x48.py')
FINETUNE = str(CONFIGS / 'finetune/agw_r18_p8k4-400i_regdb-96x48-mmgl.py')
TINY = [
    'train_dataloader.num_workers=0',
    'train_dataloader.persistent_workers=False',
    'test_dataloader.num_workers=0',
    'test_dataloader.persistent_workers=False',
    'model.backbone.backbone.stem_channels=8',
    'model.backbone.backbone.base_channels=8',
    'train_cfg.max_epochs=1',
    'train_dataloader.batch_sampler.num_batches=4',
]


@pytest.fixture(scope='module')
def pretrained(tmp_path_factory, toy_regdb, load_tool):
    """The work dir of a short pre-training on trial 1."""
    folder = tmp_path_factory.mktemp('mmgl')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('REGDB_ROOT', str(toy_regdb))
        options = [
            *TINY,
            'train_dataloader.batch_size=16',
            'val_dataloader.num_workers=0',
            'val_dataloader.persistent_workers=False',
            'train_cfg.val_interval=1',
        ]
        load_tool('tools/train.py').main(
            [PRETRAIN, '--work-dir', str(folder), '--cfg-options', *options]
        )
        checkpoint = folder / 'epoch_1.pth'
        out = folder / 'report.json'
        load_tool('tools/test.py').main(
            [PRETRAIN, str(checkpoint), '--work-dir', str(folder)]
            + ['--out', str(out), '--cfg-options', *TINY]
        )
    return folder


def finetune(load_tool, folder, *options):
    small = [
        'train_dataloader.batch_size=8',
        'train_dataloader.batch_sampler.num_ids=2',
        'train_dataloader.batch_sampler.num_instances=2',
    ]
    load_tool('tools/train.py').main(
        [FINETUNE, '--work-dir', str(folder), '--no-validate']
        + ['--cfg-options', *TINY, *small, *options]
    )


def test_scores_of_pretraining(pretrained):
    report = json.loads((pretrained / 'report.json').read_text())
    scores = report['scores']
    assert {f'permutation/{m}{kind}' for m in ('', 'visible_', 'infrared_')
            for kind in ('position', 'exact')} == set(scores)  # fmt: skip
    for kind in ('position', 'exact'):
        of_each = [scores[f'permutation/{m}_{kind}'] for m in MODALITIES]
        # as many images in both
        assert scores[f'permutation/{kind}'] == pytest.approx(sum(of_each) / 2)
    assert scores['permutation/position'] > scores['permutation/exact']
    assert len(report['sha256']) == 64


def test_validation_selects_and_draws(pretrained):
    assert (pretrained / 'best_permutation_position_epoch_1.pth').is_file()
    drawn = list(pretrained.glob('*/vis_data/vis_image/soft_permutations*'))
    assert len(drawn) == 1


def test_pictures(pretrained, tmp_path, load_tool, toy_regdb, monkeypatch):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    load_tool('tools/visualization/vis_mmgl.py').main(
        [PRETRAIN, str(pretrained / 'epoch_1.pth'), '--number', '4']
        + ['--out-dir', str(tmp_path), '--cfg-options', *TINY]
    )
    assert {path.name for path in tmp_path.iterdir()} == {
        f'{name}.png'
        for name in (
            'recovered',
            'soft_permutations',
            'part_cycles',
            'tsne_before',
            'tsne_after',
        )
    }


@pytest.mark.parametrize('trial', ['1', '2'])
def test_finetuning_on_the_trial_of_pretraining_alone(
    pretrained, tmp_path, toy_regdb, load_tool, monkeypatch, capfd, trial
):
    checkpoint = pretrained / 'epoch_1.pth'
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    monkeypatch.setenv('MMGL_CHECKPOINT', str(checkpoint))
    monkeypatch.setenv('REGDB_TRIAL', trial)
    if trial == '2':
        with pytest.raises(SystemExit, match='trained on trial 1 of regdb'):
            finetune(load_tool, tmp_path)
        return
    board = 'visualizer.vis_backends.0.type=TensorboardVisBackend'
    finetune(load_tool, tmp_path, board)
    assert list(tmp_path.glob('*/vis_data/events.out.tfevents*'))
    output = capfd.readouterr().out
    carried = [
        key
        for key in CheckpointLoader.load_checkpoint(str(checkpoint))[
            'state_dict'
        ]
        if key.startswith('backbone.')
    ]
    assert f'Loaded {len(carried)} weights' in output
    assert '0 missing; 0 unexpected; 0 of another shape' in output


def test_retrieval_options_are_refused_in_pretraining(
    pretrained, load_tool, toy_regdb, monkeypatch
):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    with pytest.raises(SystemExit, match='--flip need a CrossModality'):
        load_tool('tools/test.py').main(
            [PRETRAIN, str(pretrained / 'epoch_1.pth'), '--flip']
        )


def test_missing_pretraining_is_named(
    tmp_path, toy_regdb, load_tool, monkeypatch
):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    monkeypatch.setenv('MMGL_CHECKPOINT', 'nowhere.pth')
    with pytest.raises(SystemExit, match='"nowhere.pth".*MMGL_CHECKPOINT'):
        finetune(load_tool, tmp_path)
