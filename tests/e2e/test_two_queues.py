"""Queues of two processes are those of one that has both batches."""

from pathlib import Path

import torch
from two_queues import train


def test_queues_of_two_processes_equal_those_of_one(
    tmp_path, run_in_two_processes
):
    script = Path(__file__).with_name('two_queues.py')
    run_in_two_processes(script, tmp_path)
    joined = train(
        lambda parts: [torch.cat(some) for some in zip(*parts, strict=True)]
    )
    for rank in (0, 1):
        states = torch.load(tmp_path / f'{rank}.pth')
        for name, state in joined.items():
            assert state['head'] > 0
            for key, value in state.items():
                torch.testing.assert_close(
                    states[name][key], value, msg=f'{name}.{key}'
                )
