"""Training and testing AGW by the tools, and what they say when it fails."""

import argparse
import copy
import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from mmengine.runner import CheckpointLoader
from small_agw import write_config


@pytest.fixture(scope='module')
def trained(tmp_path_factory, toy_regdb, load_tool):
    """A work dir with AGW trained for two epochs, and its config."""
    config = write_config(tmp_path_factory.mktemp('config'), toy_regdb)
    folder = tmp_path_factory.mktemp('trained')
    train = load_tool('tools/train.py').main
    train([config, '--work-dir', str(folder), '--no-validate'])
    return folder, config


@pytest.fixture
def run_test(load_tool, trained, tmp_path):
    """Call ``tools/test.py`` with further arguments."""
    folder, config = trained

    def call(*arguments, checkpoint=folder / 'epoch_2.pth'):
        out = tmp_path / 'report.json'
        load_tool('tools/test.py').main(
            [
                config,
                str(checkpoint),
                *('--work-dir', str(tmp_path)),
                *('--out', str(out)),
                *arguments,
            ]
        )
        return json.loads(out.read_text())

    return call


def test_report_and_pictures(run_test, trained, tmp_path, capsys):
    folder, config = trained
    show = tmp_path / 'show'
    report = run_test('--show-dir', str(show))
    assert {p.name for p in show.iterdir()} == {
        'features.npz',
        'ranking.png',
        'tsne.png',
    }
    assert report['config'] == config
    content = (folder / 'epoch_2.pth').read_bytes()
    assert report['sha256'] == sha256(content).hexdigest()
    rows = {(row['protocol'], row['feature']): row for row in report['rows']}
    assert set(rows) == {
        (f'regdb/{direction}', feature)
        for direction in ('v2t', 't2v', 'mean')
        for feature in ('global', 'bn')
    }
    for row in rows.values():
        assert row['trials'] == 1
        for name in ('R1', 'R5', 'R10', 'R20', 'mAP', 'mINP'):
            mean, std = row[name]
            assert 0 <= mean <= 100
            assert std == 0
    assert 'regdb/v2t' in capsys.readouterr().out


def test_flip_and_rerank_are_told(run_test, capsys):
    plain = run_test()
    other = run_test('--flip', '--rerank')
    by_config = run_test('--cfg-options', 'model.test_cfg.flip=True')
    assert by_config['notes'] == ['flip averaged']
    assert plain['rows'] != by_config['rows']
    assert plain['notes'] == []
    assert other['notes'][0] == 'flip averaged'
    assert 'k1=20, k2=6, lambda_value=0.3' in other['notes'][1]
    assert plain['rows'] != other['rows']
    assert 'flip averaged' in capsys.readouterr().out


def test_another_trial_is_refused(run_test):
    with pytest.raises(SystemExit, match='error: .*trial 1 of regdb.*trial 2'):
        run_test('--cfg-options', 'test_dataloader.dataset.trial=2')


def test_missing_weights(run_test, trained, tmp_path):
    file = tmp_path / 'poor.pth'
    checkpoint = CheckpointLoader.load_checkpoint(f'{trained[0]}/epoch_2.pth')
    del checkpoint['state_dict']['neck.bn.weight']
    torch.save(checkpoint, file)
    with pytest.raises(SystemExit, match='lacks 1 weights.*neck.bn.weight'):
        run_test(checkpoint=file)
    run_test('--allow-missing-keys', checkpoint=file)


def test_foreign_checkpoint(run_test, trained, tmp_path):
    file = tmp_path / 'foreign.pth'
    checkpoint = CheckpointLoader.load_checkpoint(f'{trained[0]}/epoch_2.pth')
    torch.save(dict(checkpoint, extra=Path('any')), file)
    with pytest.raises(SystemExit, match='--trust-checkpoint'):
        run_test(checkpoint=file)
    run_test('--trust-checkpoint', checkpoint=file)


@pytest.mark.parametrize(
    ('tool', 'arguments', 'message'),
    [
        ('train', ['no/config.py'], 'no config file "no/config.py"'),
        ('test', ['no/config.py', 'no.pth'], 'no config file'),
        ('test', ['{config}', 'no.pth'], 'no checkpoint file "no.pth"'),
        ('train', ['{config}', '--resume', 'no.pth'], 'no checkpoint file'),
        ('misc/print_config', ['no/config.py'], 'no config file'),
    ],
)
def test_wrong_paths_end_in_one_line(
    tool, arguments, message, load_tool, trained, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    arguments = [a.format(config=trained[1]) for a in arguments]
    with pytest.raises(SystemExit, match=f'error: .*{message}'):
        load_tool(f'tools/{tool}.py').main(arguments)


@pytest.mark.parametrize(
    ('device', 'expected'),
    [
        ('cuda', dict(type='CompilableAmpOptimWrapper', loss_scale=512.0)),
        ('cpu', dict(type='BFloat16OptimWrapper')),
    ],
)
def test_options_reach_the_config(
    device, expected, load_tool, trained, monkeypatch
):
    tool = load_tool('tools/train.py')
    monkeypatch.setattr(tool, 'get_device', lambda: device)
    args = tool.build_parser().parse_args(
        [trained[1], '--amp', '--auto-scale-lr', '--resume', '--work-dir', 'w']
        + ['--no-validate', '--cfg-options', 'train_cfg.max_epochs=9']
    )
    cfg = tool.load_config(args.config, args.cfg_options)
    cfg.optim_wrapper.loss_scale = 512.0
    tool.apply_arguments(cfg, args)
    optimizer = dict(optimizer=cfg.optim_wrapper.optimizer)
    assert cfg.optim_wrapper.to_dict() == {**expected, **optimizer}
    assert cfg.auto_scale_lr.enable is True
    assert (cfg.resume, cfg.load_from) == (True, None)
    assert (cfg.work_dir, cfg.train_cfg.max_epochs) == ('w', 9)
    assert cfg.val_dataloader is None


def test_a_report_that_cannot_be_written_is_told_before(
    load_tool, trained, tmp_path
):
    folder, config = trained
    with pytest.raises(SystemExit, match='error: .*is a folder'):
        load_tool('tools/test.py').main(
            [config, f'{folder}/epoch_2.pth', '--out', str(tmp_path)]
        )


def test_an_unreadable_image_ends_a_test_in_one_line(
    run_test, toy_regdb, tmp_path
):
    root = shutil.copytree(toy_regdb, tmp_path / 'regdb')
    names = (root / 'idx/test_visible_1.txt').read_text().split()
    (root / names[0]).write_bytes(b'no image')
    with pytest.raises(SystemExit) as raised:
        run_test(
            '--cfg-options',
            f'test_dataloader.dataset.data_root={root}',
            'test_dataloader.num_workers=1',
        )
    message = str(raised.value)
    assert message.startswith('error: Cannot test on the image')
    assert '\n' not in message


def test_resume_without_anything_keeps_the_start(load_tool, trained, tmp_path):
    tool = load_tool('tools/train.py')
    config = tool.load_config(trained[1], {'load_from': 'start.pth'})
    for folder, expected in (
        (tmp_path, (False, 'start.pth')),
        (trained[0], (True, None)),
    ):
        arguments = [trained[1], '--resume', '--work-dir', str(folder)]
        cfg = copy.deepcopy(config)
        tool.apply_arguments(cfg, tool.build_parser().parse_args(arguments))
        assert (cfg.get('resume', False), cfg.load_from) == expected


def test_mixed_precision_is_a_setting_of_a_trial(load_tool, trained):
    tool = load_tool('tools/run_trials.py')
    settings = [
        tool.read_settings(1, tool.build_parser().parse_args(arguments))
        for arguments in ([trained[1]], [trained[1], '--amp'])
    ]
    assert settings[0] != settings[1]


def test_wrong_settings_end_in_one_line(load_tool, trained, tmp_path):
    train = load_tool('tools/train.py').main
    for option, message in (
        ('train_cfg.max_epoch=3', "unexpected keyword argument 'max_epoch'"),
        ('model.bakbone.depth=3', "unexpected keyword argument 'bakbone'"),
        ('train_dataloader.dataset.split=foo', 'has the splits train, test'),
        ('train_dataloader.batch_size=17', 'but is 17'),
    ):
        with pytest.raises(SystemExit, match=f'error: .*{message}'):
            train(
                [trained[1], '--work-dir', str(tmp_path)]
                + ['--cfg-options', option]
            )


def test_traceback_on_demand(load_tool, trained, monkeypatch):
    monkeypatch.setenv('MMVIREID_TRACEBACK', '1')
    with pytest.raises(FileNotFoundError):
        load_tool('tools/train.py').main(['no/config.py'])


def test_exact_resume_of_agw(trained, load_tool, tmp_path):
    """By the tool, after losing the second epoch."""
    folder, config = trained
    train = load_tool('tools/train.py').main
    options = [config, '--work-dir', str(tmp_path), '--no-validate']
    first = (folder / 'epoch_1.pth').read_bytes()
    (tmp_path / 'epoch_1.pth').write_bytes(first)
    train([*options, '--resume'])
    found, expected = (
        CheckpointLoader.load_checkpoint(f'{where}/epoch_2.pth')
        for where in (tmp_path, folder)
    )
    for name, value in expected['state_dict'].items():
        assert torch.equal(value, found['state_dict'][name]), name


def test_trials_are_run_unless_they_have_a_report(
    trained, run_test, tmp_path, load_tool, monkeypatch, capfd
):
    _, config = trained
    run_test()
    monkeypatch.setenv('REGDB_TRIAL', '7')  # of no effect
    monkeypatch.setenv('START', 'from/trial_{trial}')
    (tmp_path / 'trial_1').mkdir()
    done = (tmp_path / 'report.json').rename(tmp_path / 'trial_1/report.json')
    before = done.stat().st_mtime_ns
    load_tool('tools/run_trials.py').main(
        [
            *(config, '--trials', '1,3', '--work-dir', str(tmp_path)),
            *('--cfg-options', 'train_cfg.max_epochs=1'),
        ]
    )
    assert done.stat().st_mtime_ns == before
    assert os.environ['START'] == 'from/trial_3'
    assert f'{done} is there' in capfd.readouterr().out
    reports = [done, tmp_path / 'trial_3/report.json']
    values = [json.loads(r.read_text())['rows'][0]['mAP'][0] for r in reports]
    summary = json.loads((tmp_path / 'summary-1-3.json').read_text())
    assert summary['rows'][0]['trials'] == 2
    assert summary['rows'][0]['mAP'][0] == pytest.approx(sum(values) / 2)
    saved = CheckpointLoader.load_checkpoint(f'{tmp_path}/trial_3/epoch_1.pth')
    assert saved['meta']['dataset_meta']['trial'] == 3


def test_trials_of_other_settings_are_not_taken_for_these(
    trained, tmp_path, load_tool, monkeypatch
):
    _, config = trained
    monkeypatch.setenv('REGDB_TRIAL', '1')
    tool = load_tool('tools/run_trials.py')
    options = ['--trials', '1', '--work-dir', str(tmp_path), '--cfg-options']
    args = tool.build_parser().parse_args(
        [config, *options, 'randomness.seed=1']
    )
    (tmp_path / 'trial_1').mkdir()
    done = tmp_path / 'trial_1/settings.py'
    done.write_text(tool.read_settings(1, args))
    tool.check_folder(done.parent, tool.read_settings(1, args))
    with pytest.raises(SystemExit, match='(?s)other settings.*- .*seed=1'):
        tool.main([config, *options, 'randomness.seed=2'])


def test_trials_need_a_config_that_reads_them(
    trained, tmp_path, load_tool, monkeypatch
):
    fixed = tmp_path / 'fixed.py'
    fixed.write_text(
        f"_base_ = '{trained[1]}'\n"
        'train_dataloader = dict(dataset=dict(trial=1))'
    )
    monkeypatch.setenv('REGDB_TRIAL', '1')
    with pytest.raises(SystemExit, match='REGDB_TRIAL, which is 2.* has 1'):
        load_tool('tools/run_trials.py').main(
            [str(fixed), '--trials', '2', '--work-dir', str(tmp_path)]
        )


def test_trials_need_a_table(trained, tmp_path, load_tool, monkeypatch):
    other = tmp_path / 'other.py'
    other.write_text(
        f"_base_ = '{trained[1]}'\n"
        "test_evaluator = dict(_delete_=True, type='PermutationAccuracy')"
    )
    monkeypatch.setenv('REGDB_TRIAL', '1')
    with pytest.raises(SystemExit, match=r"the test of .* is \['Permutation"):
        load_tool('tools/run_trials.py').main(
            [str(other), '--trials', '2', '--work-dir', str(tmp_path)]
        )


@pytest.mark.parametrize(
    ('text', 'trials'),
    [('1-3', [1, 2, 3]), ('5', [5]), ('7,1-2,2', [1, 2, 7])],
)
def test_lists_of_trials(load_tool, text, trials):
    assert load_tool('tools/run_trials.py').parse_trials(text) == trials


@pytest.mark.parametrize('text', ['', 'a', '0', '3-1', '1-'])
def test_wrong_lists_of_trials(load_tool, text):
    with pytest.raises(argparse.ArgumentTypeError, match='1-10 or 1,3,5'):
        load_tool('tools/run_trials.py').parse_trials(text)


def test_export_of_a_trained_model(trained, tmp_path, load_tool, capsys):
    folder, config = trained
    load_tool('tools/deployment/export_onnx.py').main(
        [config, str(folder / 'epoch_2.pth'), '--out-dir', str(tmp_path)]
    )
    assert {p.name for p in tmp_path.iterdir()} == {
        'visible.onnx',
        'infrared.onnx',
    }
    assert capsys.readouterr().out.count('differs from the model by') == 2


def test_export_of_a_missing_checkpoint(trained, load_tool):
    with pytest.raises(SystemExit, match='no checkpoint file "nowhere.pth"'):
        load_tool('tools/deployment/export_onnx.py').main(
            [trained[1], 'nowhere.pth']
        )
