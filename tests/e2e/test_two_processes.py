"""Two processes on the CPU do what one would."""

from pathlib import Path

import pytest
import torch
from mmengine.runner import CheckpointLoader
from small_agw import write_config

from mmvireid.evaluation import RetrievalReport


@pytest.fixture(scope='module')
def run(tmp_path_factory, toy_regdb, run_in_two_processes):
    """Where two processes that trained and tested left their files."""
    folder = tmp_path_factory.mktemp('two')
    config = write_config(folder, toy_regdb)
    script = Path(__file__).with_name('two_processes.py')
    run_in_two_processes(script, config, folder)
    return folder


def test_replicas_stay_identical(run):
    first, second = (torch.load(run / f'replica_{r}.pth') for r in (0, 1))
    assert list(first) == list(second)
    for name, value in first.items():
        assert torch.equal(value, second[name]), name
    saved = CheckpointLoader.load_checkpoint(f'{run}/train/epoch_2.pth')
    saved = saved['state_dict'] | saved['ema_restart']
    assert list(first) == list(saved)
    for name, value in first.items():
        assert torch.equal(value, saved[name]), name


def test_averaged_gradients_equal_those_of_the_joined_batch(run):
    found, expected = torch.load(run / 'gradients.pth')
    assert list(found) == list(expected)
    assert len(found) > 50
    for name, value in found.items():
        torch.testing.assert_close(
            value, expected[name], rtol=1e-4, atol=1e-6, msg=name
        )
    assert max(value.abs().max() for value in found.values()) > 1e-3


def test_testing_with_an_odd_number_equals_one_process(
    run, toy_regdb, load_tool
):
    out = run / 'one.json'
    load_tool('tools/test.py').main(
        [
            write_config(run, toy_regdb),
            str(run / 'train/epoch_2.pth'),
            *('--work-dir', str(run / 'one')),
            *('--out', str(out)),
        ]
    )
    one, two = (
        RetrievalReport.load(out),
        RetrievalReport.load(run / 'two.json'),
    )
    assert one.rows == two.rows
    assert len(one.rows) == 6
