"""Queues of two processes are those of one that has both batches."""

import socket
import subprocess
import sys
from pathlib import Path

import torch
from two_queues import train


def test_queues_of_two_processes_equal_those_of_one(tmp_path):
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name('two_queues.py')
    result = subprocess.run(
        [
            *(sys.executable, '-W', 'ignore', '-m', 'torch.distributed.run'),
            *('--nproc_per_node', '2', '--master_port', str(port)),
            *(script, tmp_path),
        ],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
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
