"""mmengine's local files, written atomically."""

from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

from mmvireid.utils.atomic import write_atomically


@register_backend('atomic_local', force=True)
class AtomicLocalBackend(LocalBackend):
    """A local backend whose ``put`` survives being killed half way.

    It is chosen by ``backend_args=dict(backend='atomic_local')``.
    """

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write bytes to a temporary name, sync and rename.

        Args:
            obj (bytes): What to write.
            filepath (str | Path): The file.
        """
        write_atomically(filepath, obj)
