from .atomic_backend import AtomicLocalBackend
from .hooks import *  # noqa: F403
from .hooks import __all__ as _hooks
from .optimizers import *  # noqa: F403
from .optimizers import __all__ as _optimizers
from .runners import PersonSearchTestLoop
from .safe_loading import (
    CorruptCheckpointError,
    DownloadError,
    UnsafeCheckpointError,
    checkpoint_meta,
    trust_checkpoint,
    use_safe_loading,
)

# Whoever builds a part of mmvireid's engine, a runner among them, is not
# meant to load checkpoints by the unsafe unpickler.
use_safe_loading()

__all__ = [
    'AtomicLocalBackend',
    'CorruptCheckpointError',
    'DownloadError',
    'PersonSearchTestLoop',
    'UnsafeCheckpointError',
    'checkpoint_meta',
    'trust_checkpoint',
    'use_safe_loading',
    *_hooks,
    *_optimizers,
]
