"""The few lines that bridge the installed versions of the toolboxes."""

import importlib.abc
import importlib.machinery
import importlib.metadata
import sys
import types
import warnings

from packaging.version import Version

#: distribution names -> (lowest version that works, newest version tested)
TESTED_VERSIONS = {
    ('torch',): ('2.4.0', '2.11'),
    ('onedl-mmengine', 'mmengine'): ('0.10.8', '0.10.12'),
    ('onedl-mmcv', 'mmcv', 'mmcv-lite'): ('2.3.0', '2.3.6'),
    ('onedl-mmpretrain', 'mmpretrain'): ('1.3.0', '1.3.6'),
}


class MissingOpsFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for ``mmcv._ext`` where mmcv has no compiled ops.

    Importing ``mmdet.models`` imports ``mmcv.ops``, which needs the compiled
    extension even if no op is ever called. This finder stands last in
    ``sys.meta_path``, so that a real extension always wins; the module it
    gives lets the import pass and raises when an op is called.
    """

    name = 'mmcv._ext'

    def find_spec(self, fullname, path=None, target=None):
        """Return a spec for ``mmcv._ext`` alone."""
        if fullname != self.name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec) -> types.ModuleType:
        """Return a module whose every op is :func:`missing_op`."""
        return _MissingOps(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave the module as it was created: there is no code to run."""


class _MissingOps(types.ModuleType):
    def __getattr__(self, name: str):
        if name.startswith('__'):
            raise AttributeError(name)

        def missing_op(*args, **kwargs):
            raise ImportError(
                f'mmcv.ops needs the compiled op "{name}", but this mmcv was '
                'installed without compiled ops. mmvireid itself never needs '
                'them; to use this op, build mmcv with MMCV_WITH_OPS=1.'
            )

        return missing_op


def install_missing_ops_finder() -> None:
    """Append :class:`MissingOpsFinder` to ``sys.meta_path``, once."""
    if not any(isinstance(f, MissingOpsFinder) for f in sys.meta_path):
        sys.meta_path.append(MissingOpsFinder())


class PlainMMPretrainFinder(importlib.abc.MetaPathFinder):
    """Keeps mmpretrain from importing its models of language.

    mmpretrain offers them wherever transformers is installed, and with
    transformers 5, which lacks names that they need, cannot be imported at
    all. This finder stands first in ``sys.meta_path`` and clears the switch
    in the module that decides.
    """

    name = 'mmpretrain.utils.dependency'

    def find_spec(self, fullname, path=None, target=None):
        """Return a spec for the module with the switch alone."""
        if fullname != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        execute = spec.loader.exec_module

        def execute_and_clear(module: types.ModuleType) -> None:
            execute(module)
            module.WITH_MULTIMODAL = False

        spec.loader.exec_module = execute_and_clear
        return spec


def install_plain_mmpretrain_finder() -> None:
    """Prepend :class:`PlainMMPretrainFinder` if transformers needs it."""
    _, version = installed_version(('transformers',))
    if version is not None and version >= Version('5'):
        sys.meta_path.insert(0, PlainMMPretrainFinder())


def installed_version(names: tuple) -> tuple:
    """Return the first installed distribution of ``names`` and its version.

    Args:
        names (tuple[str]): Names under which a package is distributed.

    Returns:
        tuple: ``(name, version)``; ``(None, None)`` if none is installed.
    """
    for name in names:
        try:
            return name, Version(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            continue
    return None, None


def check_versions() -> None:
    """Check the installed toolboxes against :data:`TESTED_VERSIONS`.

    Raises:
        ImportError: If one is missing or older than the lowest version that
            works. One that is newer than tested only warns.
    """
    for names, (lowest, tested) in TESTED_VERSIONS.items():
        name, version = installed_version(names)
        remedy = 'run "pip install -r requirements/mminstall.txt".'
        if version is None:
            raise ImportError(f'mmvireid needs {names[0]}>={lowest}: {remedy}')
        if version < Version(lowest):
            if name != names[0]:  # another package of the same import name
                remedy = f'run "pip uninstall {name}", then {remedy}'
            raise ImportError(
                f'mmvireid needs {names[0]}>={lowest}, but {name} {version} '
                f'is installed: {remedy}'
            )
        release = version.release[: len(Version(tested).release)]
        if release > Version(tested).release:
            warnings.warn(
                f'{name} {version} is newer than {tested}, the newest version '
                'that mmvireid was tested with.',
                stacklevel=3,
            )
