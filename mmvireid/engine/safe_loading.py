"""Checkpoints are data: loading one never runs code from it.

mmengine tries torch's safe unpickler first, but falls back to the unsafe one
with a warning. The loaders registered here do not fall back: a checkpoint with
other objects than tensors, numbers and text is refused, unless the caller has
said by :func:`trust_checkpoint` that its origin is known.
"""

import errno
import functools
import io
import re
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from urllib.parse import urlparse

import numpy as np
import torch
from mmengine.dist import barrier, get_dist_info
from mmengine.fileio import get_file_backend
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader
from mmengine.runner import checkpoint as mmengine_checkpoint
from torch.serialization import add_safe_globals

from mmvireid.utils.errors import CheckpointError

#: stands for all names among those that are trusted
EVERY = '*'
_TRUSTED: set[str] = set()
#: the beginning of a file's SHA-256, at the end of its name; digits alone may
#: be a date
DIGEST = re.compile(r'-(?=\d*[a-f])([0-9a-f]{8,})\.\w+$')
#: what torch's safe unpickler says of an object that it does not make
FOREIGN_OBJECT = ('GLOBAL', 'reduce', 'allowlisted', 'Attribute')


class UnsafeCheckpointError(CheckpointError, UnpicklingError):
    """A checkpoint holds objects whose loading could run code."""


class CorruptCheckpointError(CheckpointError):
    """A file is cut short, damaged or no checkpoint at all."""


class DownloadError(CheckpointError):
    """A checkpoint cannot be fetched."""


def trust_checkpoint(filename: str = EVERY) -> None:
    """Let a file or URL be loaded by the full, unsafe unpickler.

    Args:
        filename (str): The name just as it will be passed to the loader.
            Defaults to all that this process loads.
    """
    _TRUSTED.add(str(filename))


def checkpoint_meta(path: str) -> dict:
    """Return what a checkpoint says of its training.

    Args:
        path (str): Its file or address.

    Returns:
        dict: Its ``meta``; empty if it is not of mmengine.
    """
    return CheckpointLoader.load_checkpoint(path, 'cpu').get('meta', {})


def load_from_local(filename: str, map_location=None) -> dict:
    """Load a local checkpoint.

    Args:
        filename (str): The file.
        map_location (str | Callable, optional): As :func:`torch.load`.

    Returns:
        dict: The checkpoint.

    Raises:
        FileNotFoundError: If there is no such file.
        UnsafeCheckpointError: If it holds foreign objects.
        CorruptCheckpointError: If it cannot be read.
    """
    path = Path(filename).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f'There is no checkpoint file "{filename}".')
    with path.open('rb') as file:
        return _load(file, filename, map_location)


def load_from_http(filename: str, map_location=None) -> dict:
    """Download a checkpoint, once for all processes, and load it.

    Args:
        filename (str): An ``http(s)://`` URL.
        map_location (str | Callable, optional): As :func:`torch.load`.

    Returns:
        dict: The checkpoint.

    Raises:
        DownloadError: If it cannot be had, or is not what its name says.
        UnsafeCheckpointError: If it holds foreign objects.
        CorruptCheckpointError: If it cannot be read.
    """
    rank, world_size = get_dist_info()
    read = functools.partial(_download, filename, map_location)
    if rank == 0:
        checkpoint = read()
    if world_size > 1:
        barrier()
        if rank > 0:
            checkpoint = read()
    return checkpoint


def load_from_ceph(filename: str, map_location=None) -> dict:
    """Load a checkpoint from an object store (``s3://``, ``petrel://``).

    Args:
        filename (str): The address.
        map_location (str | Callable, optional): As :func:`torch.load`.

    Returns:
        dict: The checkpoint.
    """
    backend = get_file_backend(filename, backend_args={'backend': 'petrel'})
    with io.BytesIO(backend.get(filename)) as file:
        return _load(file, filename, map_location)


def load_from_torchvision(filename: str, map_location=None) -> dict:
    """Load weights of torchvision (``torchvision://resnet50``).

    Args:
        filename (str): The address.
        map_location (str | Callable, optional): As :func:`torch.load`.

    Returns:
        dict: The checkpoint.
    """
    urls = mmengine_checkpoint.get_torchvision_models()
    return load_from_http(_url(filename, urls), map_location)


def load_from_openmmlab(filename: str, map_location=None) -> dict:
    """Load weights of OpenMMLab's list (``open-mmlab://...``).

    Args:
        filename (str): The address.
        map_location (str | Callable, optional): As :func:`torch.load`.

    Returns:
        dict: The checkpoint.
    """
    urls = mmengine_checkpoint.get_external_models()
    return load_from_http(_url(filename, urls), map_location)


def load_from_mmcls(filename: str, map_location=None) -> dict:
    """Load weights of mmpretrain's old list (``mmcls://...``).

    Args:
        filename (str): The address.
        map_location (str | Callable, optional): As :func:`torch.load`.

    Returns:
        dict: The checkpoint, with the keys of a bare backbone.
    """
    urls = mmengine_checkpoint.get_mmcls_models()
    checkpoint = load_from_http(_url(filename, urls), map_location)
    return mmengine_checkpoint._process_mmcls_checkpoint(checkpoint)


_LOADERS = {
    load_from_local: [''],
    load_from_http: ['http://', 'https://'],
    load_from_ceph: [r'(\S+\:)?s3://', r'(\S+\:)?petrel://'],
    load_from_torchvision: ['modelzoo://', 'torchvision://'],
    load_from_openmmlab: ['open-mmlab://', 'openmmlab://'],
    load_from_mmcls: ['mmcls://'],
}


def use_safe_loading() -> None:
    """Replace every loader of mmengine that could fall back to pickle.

    It is called when :mod:`mmvireid.engine` is imported, which any runner
    with ``default_scope='mmvireid'`` does when it builds its hooks.
    """
    add_safe_globals(allowed_globals())
    for loader, prefixes in _LOADERS.items():
        CheckpointLoader.register_scheme(prefixes, loader, force=True)
    # A service whose client is no longer published, and whose loader pickles.
    CheckpointLoader._schemes.pop('pavi://', None)


def _load(file, filename: str, map_location) -> dict:
    trusted = not _TRUSTED.isdisjoint({str(filename), EVERY})
    try:
        return torch.load(
            file, map_location=map_location, weights_only=not trusted
        )
    except (ImportError, MemoryError, torch.OutOfMemoryError):
        raise  # a trusted file's own classes, or no fault of the file's
    except OSError as error:
        # Of a file that is cut short, torch seeks what is before its start.
        if error.errno == errno.EINVAL:
            raise _damage(filename, error) from error
        raise
    except UnpicklingError as error:
        if any(word in _reason(error) for word in FOREIGN_OBJECT):
            raise _refusal(filename, error) from None
        raise _damage(filename, error) from error
    except Exception as error:  # whatever damaged bytes lead to
        raise _damage(filename, error) from error


def _download(url: str, map_location) -> dict:
    name = Path(urlparse(url).path).name
    copy = Path(torch.hub.get_dir()) / 'checkpoints' / name
    if not copy.is_file():
        _fetch(url, copy)
    try:
        with copy.open('rb') as file:
            return _load(file, url, map_location)
    except CorruptCheckpointError as error:
        raise CorruptCheckpointError(
            f'{error} Its copy is {copy}: delete it to download it again.'
        ) from error


def _fetch(url: str, copy: Path) -> None:
    digest = DIGEST.search(copy.name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        torch.hub.download_url_to_file(
            url, str(copy), digest and digest[1], progress=True
        )
    except (OSError, HTTPException, RuntimeError) as error:
        raise DownloadError(
            f'"{url}" cannot be downloaded: {error}. Where there is no '
            f'connection, put the file at {copy}, or name a file of your own '
            "in its place (of a backbone's weights: init_cfg.checkpoint)."
        ) from error


def _refusal(filename: str, error: Exception) -> UnsafeCheckpointError:
    return UnsafeCheckpointError(
        f'"{filename}" holds more than tensors, numbers and text, and loading '
        'it could run code: ' + _reason(error)
        + ' If you know where it comes from, allow it with the flag '
        '--trust-checkpoint or mmvireid.engine.trust_checkpoint(filename).'
    )  # fmt: skip


def _reason(error: Exception) -> str:
    """Return what is wrong, without torch's advice."""
    said = str(error)
    for before in ('trusted source.', 'WeightsUnpickler error:'):
        said = said.rpartition(before)[2]
    for after in (' Please use', 'Check the documentation'):
        said = said.partition(after)[0]
    return ' '.join(said.split())


def _damage(filename: str, error: Exception) -> CorruptCheckpointError:
    reason = _reason(error) or type(error).__name__
    return CorruptCheckpointError(
        f'"{filename}" cannot be read as a checkpoint; it may be cut short '
        f'or no checkpoint at all ({reason}). Use another one.'
    )


def _url(filename: str, urls: dict) -> str:
    name = filename.partition('://')[2]
    if name not in urls:
        raise FileNotFoundError(
            f'There is no "{name}" among the models of "{filename}"; there '
            f'are {", ".join(sorted(urls))}.'
        )
    return urls[name]


@functools.cache
def allowed_globals() -> list:
    """List what a checkpoint may name besides tensors.

    It is mmengine's own list, with two changes. ``getattr``, which would
    give a checkpoint the inside of any class, is narrowed to what the log
    buffers need. All of numpy's numeric types are in, under the names of
    numpy 1 and 2, for a metric may be any of them.

    Returns:
        list: Classes and functions.
    """
    allowed = mmengine_checkpoint.get_torch_safe_globals()
    allowed.remove(getattr)
    allowed.append(_known_as('builtins.getattr', _buffer_statistic))
    kinds = {type(np.dtype(code)) for code in '?bhilqpBHILQPefdgFDGU'}
    allowed += [kind for kind in kinds if kind not in allowed]
    core = getattr(np, '_core', None) or np.core
    for package in ('numpy.core', 'numpy._core'):
        for name in ('scalar', '_reconstruct'):
            function = getattr(core.multiarray, name)
            path = f'{package}.multiarray.{name}'
            allowed.append(_known_as(path, function))
    return allowed


def _buffer_statistic(owner: type, name: str) -> Callable:
    """Stand in for ``getattr`` in a log buffer's list of statistics."""
    if owner is not HistoryBuffer or name not in ('min', 'max', 'current',
                                                  'mean'):  # fmt: skip
        raise UnpicklingError(f'Attribute {name} of {owner} is no statistic.')
    return getattr(owner, name)


def _known_as(path: str, function: Callable) -> Callable:
    """Give a function the name under which the unpickler looks for it."""

    def call(*args):
        return function(*args)

    call.__module__, _, call.__name__ = path.rpartition('.')
    call.__qualname__ = call.__name__
    return call
