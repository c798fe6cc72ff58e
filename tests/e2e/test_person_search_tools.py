"""Testing person search by the tool."""

import json

import blob_scenes
import pytest
import torch
from mmengine.config import Config


@pytest.fixture
def run_test(load_tool, tmp_path):
    """Call ``tools/test.py`` on scenes of blobs."""
    folder = tmp_path / 'scenes'
    blob_scenes.write_scenes(folder)
    checkpoint = tmp_path / 'model.pth'
    model = blob_scenes.BlobSearcher()
    meta = dict(cfg="model = dict(type='BlobSearcher', test_path='object')")
    torch.save(dict(state_dict=model.state_dict(), meta=meta), checkpoint)

    def call(path, *arguments):
        config = tmp_path / f'{path}.py'
        guard = dict(custom_hooks=[dict(type='CheckpointGuardHook')])
        settings = blob_scenes.make_config(folder, path) | guard
        Config(settings).dump(config)
        out = tmp_path / 'report.json'
        load_tool('tools/test.py').main(
            [
                *(str(config), str(checkpoint), '--out', str(out)),
                *('--work-dir', str(tmp_path / 'work'), *arguments),
            ]
        )
        return json.loads(out.read_text())

    return call


@pytest.mark.parametrize('path', ['object', 'query'])
def test_report(run_test, path, capsys):
    report = run_test(path)
    assert report['notes'] == [f'{path}-centric', 'exact rules']
    assert len(report['sha256']) == 64
    (row,) = report['rows']
    assert list(row) == [
        *('protocol', 'feature', 'trials', 'mAP', 'top1', 'top5', 'top10'),
        *('gt_mAP', 'AP50', 'recall'),
    ]
    assert row['protocol'] == 'blobs/all'
    assert row['mAP'][0] > 90
    assert row['mAP'][1] == 0
    printed = capsys.readouterr().out
    assert printed.count('blobs/all ') == 1
    assert 'gt_mAP' in printed
    told = "trained to search by test_path='object', but is tested by 'query'"
    assert (told in printed) == (path == 'query')


def test_options_of_cross_modality_retrieval_are_refused(run_test):
    with pytest.raises(SystemExit, match=r'--flip .*\[.PersonSearchMetric'):
        run_test('object', '--flip')


def test_a_missing_protocol_file(run_test, tmp_path):
    with pytest.raises(SystemExit, match='no protocol file'):
        run_test(
            'object',
            '--cfg-options',
            'test_evaluator.protocol.ann_files.all=gone.json',
        )
