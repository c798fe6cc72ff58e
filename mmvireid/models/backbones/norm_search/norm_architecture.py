"""Norms that a search has chosen."""

from collections.abc import Sequence

from mmvireid.registry import TASK_UTILS

from .architecture_file import read_architecture
from .norm_rule import NormRule


@TASK_UTILS.register_module()
class NormArchitecture(NormRule):
    """Separates the norms that an architecture file names.

    ``tools/train.py`` writes the names into the config, so that a checkpoint
    does not depend on the file.

    Args:
        file (str): What a search has written, ``architecture.json`` or
            ``architecture.txt``, or a file in the official format, see
            :func:`.architecture_file.write_architecture`.
        **kwargs: ``norm_types`` of :class:`NormRule`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it does not fit the backbone.
    """

    def __init__(self, file: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.file = file

    def choose(self, norms: Sequence[str]) -> list:
        """Choose the norms that the file names."""
        separate = read_architecture(self.file, norms)
        return [name for name in norms if separate[name]]
