import json
import statistics

import pytest
import torch

from mmvireid.evaluation import RetrievalReport
from mmvireid.structures import RetrievalScores


def scores(rank1, ap=0.5):
    cmc = torch.linspace(rank1, 1, 20, dtype=torch.float64)
    return RetrievalScores(cmc, ap, 0.25, 10, 10)


def report(*rank1):
    result = RetrievalReport(config='c.py', checkpoint='m.pth', sha256='0f')
    result.add('regdb/v2t', 'bn', [scores(value) for value in rank1])
    result.add('regdb/t2v', 'bn', [scores(value + 0.1) for value in rank1])
    result.add_mean('regdb/mean', 'bn', ['regdb/v2t', 'regdb/t2v'])
    return result


def test_json_is_as_documented(tmp_path):
    report(0.2, 0.4).save(tmp_path / 'out' / 'report.json')
    content = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert content['config'] == 'c.py'
    assert content['checkpoint'] == 'm.pth'
    assert content['sha256'] == '0f'
    row = content['rows'][0]
    assert row['protocol'] == 'regdb/v2t'
    assert row['feature'] == 'bn'
    assert row['trials'] == 2
    assert row['R1'] == pytest.approx([30, statistics.stdev([20, 40])])
    assert row['mAP'] == [50, 0]
    assert set(row) == {
        *('protocol', 'feature', 'trials'),
        *('R1', 'R5', 'R10', 'R20', 'mAP', 'mINP'),
    }
    assert [p.name for p in (tmp_path / 'out').iterdir()] == ['report.json']


def test_mean_of_directions_is_taken_trial_by_trial():
    row = report(0.2, 0.4).row('regdb/mean', 'bn')
    assert row.values['R1'] == pytest.approx([25, 45])


def test_load_returns_what_was_saved(tmp_path):
    saved = report(0.2, 0.4)
    saved.notes.append('flip averaged')
    saved.save(tmp_path / 'report.json')
    assert RetrievalReport.load(tmp_path / 'report.json') == saved


def test_merge_counts_each_report_once():
    merged = RetrievalReport.merge([report(0.2), report(0.3), report(0.7)])
    row = merged.row('regdb/v2t', 'bn')
    assert row.trials == 3
    assert row.mean_and_std('R1') == pytest.approx(
        (40, statistics.stdev([20, 30, 70]))
    )
    assert merged.checkpoint == 'm.pth, m.pth, m.pth'


def test_merge_needs_the_same_rows():
    other = RetrievalReport()
    other.add('regdb/v2t', 'bn', [scores(0.5)])
    with pytest.raises(ValueError, match='same rows'):
        RetrievalReport.merge([report(0.2), other])
    with pytest.raises(ValueError, match='same rows'):
        RetrievalReport.merge([])


def test_flat_keys():
    flat = report(0.2).flat()
    assert flat['regdb/mean/bn/R1'] == pytest.approx(25)
    assert flat['regdb/v2t/bn/mAP'] == 50
    assert len(flat) == 18


def test_table_shows_notes_and_deviation():
    shown = report(0.2, 0.4)
    shown.notes.append('flip averaged')
    text = shown.to_text('AGW')
    assert 'AGW' in text
    assert 'flip averaged' in text
    assert '30.00 ± 14.14' in text
    assert '±' not in report(0.2).to_text().split('mINP')[-1]


def test_unknown_row():
    with pytest.raises(KeyError, match='regdb/v2t'):
        report(0.2).row('sysu/all/single', 'bn')
