"""What the launchers of several processes run."""

import os
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / 'tools'
ECHO = '#!/bin/sh\necho "$PYTHONPATH"\nfor word; do echo "$word"; done\n'


@pytest.fixture
def launch(tmp_path):
    """Run a launcher with a python and a srun that tell their words."""
    for name in ('python', 'srun'):
        (tmp_path / name).write_text(ECHO)
        (tmp_path / name).chmod(0o755)

    def run(script: str, *words: str, **variables: str) -> list[str]:
        path = f'{tmp_path}:{os.environ["PATH"]}'
        result = subprocess.run(
            ['bash', str(TOOLS / script), *words],
            env={'PATH': path, **variables},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        root, *words = result.stdout.splitlines()
        assert Path(root).resolve() == TOOLS.parent
        return [word.replace(f'{root}/', '') for word in words]

    return run


@pytest.mark.parametrize(
    ('script', 'words'),
    [
        ('dist_train.sh', ['c.py']),
        ('dist_test.sh', ['c.py', 'e.pth']),
    ],
)
def test_processes_of_one_machine_or_more(launch, script, words):
    tool = f'tools/{script[5:].replace(".sh", ".py")}'
    said = launch(script, *words, '2', '--work-dir', 'a b', PORT='7')
    assert said[:2] == ['-m', 'torch.distributed.run']
    assert {'--nproc_per_node=2', '--master_port=7', '--nnodes=1'} < set(said)
    assert said[said.index(tool) :] == [
        *(tool, *words),
        *('--launcher', 'pytorch', '--work-dir', 'a b'),
    ]


@pytest.mark.parametrize(
    ('script', 'words'),
    [
        ('slurm_train.sh', ['c.py']),
        ('slurm_test.sh', ['c.py', 'e.pth']),
    ],
)
def test_processes_under_slurm(launch, script, words):
    tool = f'tools/{script[6:].replace(".sh", ".py")}'
    said = launch(
        script,
        *('part', 'name', *words, '--work-dir', 'a b'),
        GPUS='16',
        SRUN_ARGS='--qos=x --time=1',
    )
    assert {'--job-name=name', '--ntasks=16', '--gres=gpu:8'} < set(said)
    assert {'--ntasks-per-node=8', '--qos=x', '--time=1'} < set(said)
    assert said[:2] == ['-p', 'part']
    assert said[said.index('python') :] == [
        *('python', '-u', tool, *words),
        *('--launcher', 'slurm', '--work-dir', 'a b'),
    ]
