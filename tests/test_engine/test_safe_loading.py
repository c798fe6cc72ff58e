import hashlib
import os
import subprocess
import sys
from collections import OrderedDict

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader
from toy_training import build_runner

from mmvireid.engine import (
    CorruptCheckpointError,
    DownloadError,
    UnsafeCheckpointError,
    safe_loading,
    trust_checkpoint,
)

load = CheckpointLoader.load_checkpoint


class Attack:
    """Writes a file when unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


class Reach:
    """Reaches for the inside of an allowed class."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


@pytest.mark.parametrize('zipped', [True, False])
def test_foreign_pickle_is_refused_unless_trusted(tmp_path, zipped):
    file, proof = str(tmp_path / 'bad.pth'), tmp_path / 'proof'
    torch.save(
        dict(state_dict={}, extra=Attack(proof)),
        file,
        _use_new_zipfile_serialization=zipped,
    )
    with pytest.raises(UnsafeCheckpointError, match='--trust-checkpoint'):
        load(file)
    assert not proof.exists()
    trust_checkpoint(file)
    load(file)
    assert proof.exists()


def test_getattr_is_narrowed(tmp_path):
    file = str(tmp_path / 'reach.pth')
    torch.save(dict(extra=Reach()), file)
    with pytest.raises(UnsafeCheckpointError):
        load(file)


def test_what_checkpoints_hold_is_allowed(tmp_path):
    content = dict(
        state_dict=OrderedDict(weight=torch.ones(2)),
        numbers=[np.float32(1), np.int8(2), np.bool_(True), np.float64(3)],
        array=np.arange(3, dtype=np.uint16),
        buffer=HistoryBuffer([1.0, 2.0], [1, 1]),
    )
    torch.save(content, tmp_path / 'good.pth')
    found = load(str(tmp_path / 'good.pth'))
    assert found['numbers'] == content['numbers']
    assert (found['array'] == content['array']).all()
    assert found['buffer'].mean() == 1.5
    assert found['buffer'].statistics('max') == 2.0


def test_arrays_of_numpy_1_are_allowed(tmp_path):
    file = tmp_path / 'numpy1.pth'
    torch.save(dict(score=np.float64(0.5)), file,
               _use_new_zipfile_serialization=False)  # fmt: skip
    content = file.read_bytes().replace(
        b'numpy._core.multiarray', b'numpy.core.multiarray'
    )
    file.write_bytes(content)
    assert load(str(file))['score'] == 0.5


@pytest.mark.parametrize('content', [b'', b'no checkpoint', bytes(1000)])
def test_damaged_files_are_named(tmp_path, content):
    file = tmp_path / 'damaged.pth'
    file.write_bytes(content)
    with pytest.raises(CorruptCheckpointError, match='damaged.pth'):
        load(str(file))


def test_damaged_bytes_are_no_attack(tmp_path):
    """Loading calls them damage, unless they hit numbers or a class's name."""
    file = tmp_path / 'checkpoint.pth'
    torch.save(dict(state_dict=dict(weight=torch.ones(3, 3)), meta={}), file)
    whole = file.read_bytes()
    outcomes = []
    for start in range(0, len(whole) - 16, 16):
        file.write_bytes(whole[:start] + bytes(16) + whole[start + 16 :])
        try:
            load(str(file))
            outcomes.append('read')
        except CorruptCheckpointError:
            outcomes.append('damage')
        except UnsafeCheckpointError as error:
            outcomes.append('name' if 'GLOBAL' in str(error) else str(error))
    assert set(outcomes) <= {'read', 'damage', 'name'}
    assert outcomes.count('damage') > outcomes.count('name')


def test_all_files_can_be_trusted_at_once(tmp_path):
    for name in ('a', 'b'):
        torch.save(
            dict(extra=Attack(tmp_path / name)), tmp_path / f'{name}.pth'
        )
    trust_checkpoint()
    for name in ('a', 'b'):
        load(str(tmp_path / f'{name}.pth'))
        assert (tmp_path / name).is_dir()


def test_missing_file_and_unknown_names():
    with pytest.raises(FileNotFoundError, match='nowhere.pth'):
        load('nowhere.pth')
    with pytest.raises(FileNotFoundError, match='no "resnet51" among'):
        load('torchvision://resnet51')


def test_no_loader_of_mmengine_is_left():
    """All schemes end in a loader that does not fall back."""
    for scheme, loader in CheckpointLoader._schemes.items():
        assert loader.__module__ == safe_loading.__name__, scheme


def test_downloads_are_loaded_safely(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'home'))
    file, proof = tmp_path / 'bad.pth', tmp_path / 'proof'
    torch.save(dict(extra=Attack(proof)), file)
    (tmp_path / 'home/hub/checkpoints').mkdir(parents=True)
    file.rename(tmp_path / 'home/hub/checkpoints/bad.pth')
    with pytest.raises(UnsafeCheckpointError, match='bad.pth'):
        load('https://example.com/bad.pth')
    assert not proof.exists()


def test_downloads_that_fail(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'home'))
    copies = tmp_path / 'home/hub/checkpoints'
    with pytest.raises(DownloadError, match=f'put the file at {copies}/a.pth'):
        load('http://127.0.0.1:9/a.pth')
    file = tmp_path / 'weights-0000000a.pth'
    torch.save({}, file)
    with pytest.raises(DownloadError, match='invalid hash value'):
        safe_loading.load_from_http(f'file://{file}')
    assert not list(copies.iterdir())
    dated = tmp_path / 'weights-20261122.pth'
    torch.save({}, dated)
    assert safe_loading.load_from_http(f'file://{dated}') == {}
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    file = file.rename(tmp_path / f'weights-{digest}.pth')
    assert safe_loading.load_from_http(f'file://{file}') == {}
    copy = copies / file.name
    copy.write_bytes(copy.read_bytes()[:100])
    with pytest.raises(CorruptCheckpointError, match=f'{copy}: delete it'):
        safe_loading.load_from_http(f'file://{file}')


@pytest.mark.parametrize('error', [torch.OutOfMemoryError, OSError])
def test_what_is_no_fault_of_the_file(tmp_path, monkeypatch, error):
    def fail(*_, **__):
        raise error('once')

    torch.save({}, tmp_path / 'good.pth')
    monkeypatch.setattr(torch, 'load', fail)
    with pytest.raises(error, match='once'):
        load(str(tmp_path / 'good.pth'))


def test_a_runner_of_our_scope_is_protected(tmp_path):
    """Naming no part of mmvireid, and importing none."""
    code = (
        'import sys; sys.path.insert(0, sys.argv[1])\n'
        'from toy_training import build_runner\n'
        'from mmengine.runner import CheckpointLoader\n'
        'assert "mmvireid" not in sys.modules\n'
        'build_runner(sys.argv[2], custom_hooks=[])\n'
        'for loader in CheckpointLoader._schemes.values():\n'
        '    assert loader.__module__ == "mmvireid.engine.safe_loading"\n'
    )
    folder = os.path.dirname(__file__)
    subprocess.run([sys.executable, '-c', code, folder, tmp_path], check=True)


def test_resume_refuses_a_foreign_pickle(tmp_path):
    build_runner(tmp_path, 2).train()
    checkpoint = load(f'{tmp_path}/epoch_2.pth')
    checkpoint['extra'] = Attack(tmp_path / 'proof')
    torch.save(checkpoint, tmp_path / 'epoch_2.pth')
    runner = build_runner(tmp_path, 3, resume=True)
    with pytest.raises(UnsafeCheckpointError):
        runner.train()
