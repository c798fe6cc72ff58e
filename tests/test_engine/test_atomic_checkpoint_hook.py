import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mmengine.runner import CheckpointLoader
from toy_training import build_runner

from mmvireid.engine import CorruptCheckpointError
from mmvireid.engine.hooks.atomic_checkpoint_hook import LAST_CHECKPOINT
from mmvireid.utils.atomic import UNFINISHED_SUFFIX, write_atomically

SCRIPT = Path(__file__).with_name('toy_training.py')


def checkpoints(folder):
    return sorted(path.name for path in Path(folder).glob('*.pth'))


def run_script(*args):
    return subprocess.Popen(
        [sys.executable, '-W', 'ignore', SCRIPT, *map(str, args)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def kill_while_saving(process, work_dir, after):
    """Kill the process when it is writing a checkpoint after ``after``."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        saved = after is None or (work_dir / after).is_file()
        for file in work_dir.glob(f'*.pth{UNFINISHED_SUFFIX}'):
            if saved:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                return file
        time.sleep(0.001)
    raise AssertionError(process.communicate()[1].decode())


def test_killed_while_saving_and_resumed(tmp_path):
    for after, resume in ((None, ''), ('epoch_1.pth', 'resume'),
                          ('epoch_3.pth', 'resume')):  # fmt: skip
        process = run_script(tmp_path, 4, 'big', resume)
        unfinished = kill_while_saving(process, tmp_path, after)
        # Killed with the file half written, or before its name was given.
        assert unfinished.is_file()
        for name in checkpoints(tmp_path):
            CheckpointLoader.load_checkpoint(str(tmp_path / name))
        if after is not None:
            last = Path((tmp_path / LAST_CHECKPOINT).read_text())
            assert last.is_file()

    process = run_script(tmp_path, 4, 'big', 'resume')
    error = process.communicate()[1].decode()
    assert process.returncode == 0, error
    assert (tmp_path / LAST_CHECKPOINT).read_text().endswith('epoch_4.pth')
    assert [n for n in checkpoints(tmp_path) if n.startswith('e')] == [
        'epoch_3.pth',
        'epoch_4.pth',
    ]
    assert not list(tmp_path.glob(f'*{UNFINISHED_SUFFIX}'))


def damage(path, how):
    if how == 'cut':
        os.truncate(path, path.stat().st_size // 2)
    elif how == 'empty':
        path.write_bytes(b'')
    elif how == 'zeros':
        path.write_bytes(bytes(path.stat().st_size))
    elif how == 'gone':
        path.unlink()


@pytest.mark.parametrize('how', ['cut', 'empty', 'zeros', 'gone'])
def test_damaged_checkpoint_falls_back_loudly(tmp_path, how, capfd):
    build_runner(tmp_path, 3).train()
    damage(tmp_path / 'epoch_3.pth', how)
    runner = build_runner(tmp_path, 3, resume=True)
    runner.call_hook('before_run')
    runner.load_or_resume()
    assert runner.epoch == 2
    message = capfd.readouterr()
    assert 'CANNOT RESUME FROM' in message.out + message.err


def test_empty_pointer_and_moved_folder(tmp_path):
    build_runner(tmp_path / 'old', 2).train()
    (tmp_path / 'old').rename(tmp_path / 'new')
    for text in (None, ''):
        if text is not None:
            (tmp_path / 'new' / LAST_CHECKPOINT).write_text(text)
        runner = build_runner(tmp_path / 'new', 2, resume=True)
        runner.call_hook('before_run')
        assert runner._load_from == str(tmp_path / 'new/epoch_2.pth')


def test_copied_folder_leaves_the_original_alone(tmp_path):
    options = dict(max_keep_ckpts=1, save_best='acc', rule='greater')
    build_runner(tmp_path / 'old', 2, checkpoint=dict(options)).train()
    before = {p: p.read_bytes() for p in (tmp_path / 'old').glob('*.pth')}
    shutil.copytree(tmp_path / 'old', tmp_path / 'new')
    runner = build_runner(
        tmp_path / 'new', 4, resume=True, checkpoint=dict(options)
    )
    runner.train()
    assert runner._load_from == str(tmp_path / 'new/epoch_2.pth')
    assert 'epoch_4.pth' in checkpoints(tmp_path / 'new')
    assert before == {p: p.read_bytes() for p in before}


def test_nothing_readable_stops(tmp_path):
    build_runner(tmp_path, 1).train()
    damage(tmp_path / 'epoch_1.pth', 'cut')
    runner = build_runner(tmp_path, 2, resume=True)
    with pytest.raises(CorruptCheckpointError, match='To start anew'):
        runner.train()


def test_nothing_to_resume_starts_anew(tmp_path):
    build_runner(tmp_path, 1, resume=True).train()
    assert checkpoints(tmp_path) == ['epoch_1.pth']


def test_old_checkpoint_goes_after_the_new_one_is_there(tmp_path):
    class Full(Exception):
        pass

    keep = dict(max_keep_ckpts=1, save_best='acc', rule='greater')
    runner = build_runner(tmp_path, 1, checkpoint=keep)
    runner.train()
    before = checkpoints(tmp_path)
    assert len(before) == 2
    assert before[0].startswith('best_acc_')

    hook = runner.hooks[-1]

    def save_checkpoint(*args, **kwargs):
        raise Full

    save, runner.save_checkpoint = runner.save_checkpoint, save_checkpoint
    with pytest.raises(Full):
        hook._save_checkpoint(runner)
    assert checkpoints(tmp_path) == before

    runner.save_checkpoint = save
    hook._save_checkpoint(runner)
    hook.after_val_epoch(runner, dict(acc=2.0))
    hook.after_val_epoch(runner, dict(acc=1.0))  # no better
    assert checkpoints(tmp_path) == ['best_acc_epoch_1.pth', 'epoch_1.pth']
    runner.train_loop._epoch = 5
    hook.after_val_epoch(runner, dict(acc=3.0))
    assert checkpoints(tmp_path) == ['best_acc_epoch_5.pth', 'epoch_5.pth']


def test_several_best_checkpoints(tmp_path):
    kept = ['acc', 'other']
    runner = build_runner(
        tmp_path, 1, checkpoint=dict(save_best=kept, rule='greater')
    )
    hook = runner.hooks[-1]
    runner.train_loop  # noqa: B018 (built when asked for)
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    runner.param_schedulers = runner.build_param_scheduler(
        runner.param_schedulers
    )
    hook.before_train(runner)
    hook.after_val_epoch(runner, dict(acc=1.0, other=1.0))
    runner.train_loop._epoch = 1
    hook.after_val_epoch(runner, dict(acc=2.0, other=0.0))
    assert checkpoints(tmp_path) == [
        'best_acc_epoch_1.pth',
        'best_other_epoch_0.pth',
    ]


def test_write_atomically_leaves_the_old_file_on_failure(tmp_path):
    path = tmp_path / 'deep' / 'file'
    write_atomically(path, b'old')
    with pytest.raises(TypeError):
        write_atomically(path, 'text is no bytes')
    assert path.read_bytes() == b'old'
    assert [p.name for p in path.parent.iterdir()] == ['file']
    write_atomically(path, b'new')
    assert path.read_bytes() == b'new'
    assert [p.name for p in path.parent.iterdir()] == ['file']
