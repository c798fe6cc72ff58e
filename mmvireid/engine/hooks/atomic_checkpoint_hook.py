"""Checkpoints that survive a crash at any moment."""

import re
import shutil
from collections import deque
from pathlib import Path

from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.fileio import LocalBackend
from mmengine.hooks import CheckpointHook
from mmengine.runner import CheckpointLoader

from mmvireid.registry import HOOKS
from mmvireid.utils.atomic import UNFINISHED_SUFFIX, write_atomically

from ..safe_loading import CorruptCheckpointError

LAST_CHECKPOINT = 'last_checkpoint'
NONE_READABLE = 'none'


def find_last_checkpoint(folder: str | Path) -> Path | None:
    """Find the checkpoint that a training saved last.

    Args:
        folder (str | Path): Its work dir, which may have been moved or
            copied since.

    Returns:
        Path | None: The checkpoint, which may be missing; None if the
        folder does not name one.
    """
    pointer = Path(folder) / LAST_CHECKPOINT
    named = pointer.read_text().strip() if pointer.is_file() else ''
    if not named:
        return None
    here = Path(folder) / Path(named).name
    if here.is_file() or not Path(named).parent.is_dir():
        return here
    return Path(named)


@HOOKS.register_module()
class AtomicCheckpointHook(CheckpointHook):
    """mmengine's checkpoint hook with no moment at which all could be lost.

    A checkpoint is written to a temporary name, synced and renamed; so is
    the file ``last_checkpoint``. Outdated checkpoints go only after the new
    one is in place. An automatic resume that finds the last checkpoint
    damaged takes the newest one that can be read, and says so.

    Args:
        **kwargs: As :class:`mmengine.hooks.CheckpointHook`. Local files are
            written atomically unless ``backend_args`` asks for another way.
    """

    def before_run(self, runner) -> None:
        """Point an automatic resume at a checkpoint that can be read.

        If there is none at all, training starts anew.

        Args:
            runner (Runner): The runner.

        Raises:
            CorruptCheckpointError: If there are some, but none can be read.
        """
        if not runner._resume or runner._load_from is not None:
            return
        choice = [None]
        if is_main_process():
            choice[0] = self._newest_readable(runner)
        broadcast_object_list(choice)
        if choice[0] == NONE_READABLE:
            raise CorruptCheckpointError(
                f'No checkpoint of {runner.work_dir} can be read, see the '
                'log above. To start anew, name another work dir or delete '
                'this one.'
            )
        runner._load_from = choice[0]
        runner._resume = choice[0] is not None

    def before_train(self, runner) -> None:
        """Choose the atomic way of writing, and tidy up after a crash.

        Args:
            runner (Runner): The runner.
        """
        super().before_train(runner)
        if not isinstance(self.file_backend, LocalBackend):
            return
        if self.backend_args is None and self.file_client_args is None:
            self.backend_args = dict(backend='atomic_local')
        if is_main_process():
            for file in Path(self.out_dir).glob(f'*{UNFINISHED_SUFFIX}'):
                runner.logger.info(f'Removing {file}, left by a crash.')
                file.unlink()

    def _newest_readable(self, runner) -> str | None:
        folder = Path(runner.work_dir)
        last = find_last_checkpoint(folder)
        candidates = []
        if last is not None:
            folder = last.parent
            candidates = [last]
        candidates += self._steps_newest_first(folder)
        for path in dict.fromkeys(candidates):
            try:
                CheckpointLoader.load_checkpoint(str(path), 'cpu')
            except (CorruptCheckpointError, FileNotFoundError) as error:
                runner.logger.error(
                    f'CANNOT RESUME FROM {path}: {error} Trying the one '
                    'before it; the epochs since are lost.'
                )
            else:
                return str(path)
        if candidates:
            return NONE_READABLE
        runner.logger.warning(f'Nothing to resume from in {folder}.')
        return None

    def _steps_newest_first(self, folder: Path) -> list[Path]:
        head, tail = map(re.escape, self.filename_tmpl.split('{}'))
        steps = {}
        for path in folder.glob('*'):
            match = re.fullmatch(rf'{head}(\d+){tail}', path.name)
            if match:
                steps[int(match[1])] = path
        return [steps[step] for step in sorted(steps, reverse=True)]

    def _save_checkpoint_with_step(self, runner, step: int, meta: dict):
        """Save, then say where the last one is, then remove the outdated."""
        outdated = self._remember(runner, step)
        name = self.filename_tmpl.format(step)
        self.last_ckpt = self.file_backend.join_path(self.out_dir, name)
        runner.message_hub.update_info('last_ckpt', self.last_ckpt)
        runner.save_checkpoint(
            self.out_dir,
            name,
            self.file_client_args,
            save_optimizer=self.save_optimizer,
            save_param_scheduler=self.save_param_scheduler,
            meta=meta,
            by_epoch=self.by_epoch,
            backend_args=self.backend_args,
            **self.args,
        )
        if is_main_process():
            pointer = Path(runner.work_dir) / LAST_CHECKPOINT
            write_atomically(pointer, self.last_ckpt.encode())
        for path in outdated:
            self._remove(path)

    def _remember(self, runner, step: int) -> list[str]:
        """Add a step to those kept and return the paths to give up."""
        if self.max_keep_ckpts <= 0:
            return []
        kept = [s for s in self.keep_ckpt_ids if s != step] + [step]
        excess = kept[: -self.max_keep_ckpts]
        kept = kept[-self.max_keep_ckpts :]
        self.keep_ckpt_ids = deque(kept, self.max_keep_ckpts)
        runner.message_hub.update_info('keep_ckpt_ids', kept)
        return [
            self.file_backend.join_path(
                self.out_dir, self.filename_tmpl.format(s)
            )
            for s in excess
        ]

    def _save_best_checkpoint(self, runner, metrics: dict):
        """Save a new best checkpoint before the previous one goes."""
        if not self.save_best:
            return
        previous = self._best()
        self._set_best(dict.fromkeys(previous))
        super()._save_best_checkpoint(runner, metrics)
        current = {k: p or previous[k] for k, p in self._best().items()}
        self._set_best(current)
        for path in set(previous.values()) - set(current.values()):
            self._remove(path)

    def _best(self) -> dict[str, str | None]:
        if hasattr(self, 'best_ckpt_path_dict'):
            return dict(self.best_ckpt_path_dict)
        return {'': self.best_ckpt_path}

    def _set_best(self, paths: dict[str, str | None]) -> None:
        if hasattr(self, 'best_ckpt_path_dict'):
            self.best_ckpt_path_dict = paths
        else:
            self.best_ckpt_path = paths['']

    def _remove(self, path: str | None) -> None:
        if path is None or not is_main_process():
            return
        if Path(path).parent != Path(self.out_dir):
            return  # of the folder that this one is a copy of
        if self.file_backend.isfile(path):
            self.file_backend.remove(path)
        elif self.file_backend.isdir(path):  # as deepspeed writes them
            shutil.rmtree(path)
