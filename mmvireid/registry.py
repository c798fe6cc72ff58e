"""Registries of mmvireid.

Every registry but :data:`PROTOCOLS` is a child of mmengine's registry of the
same name. ``locations`` names the package that is imported the first time a
name is looked up, so that ``import mmvireid`` stays light. What builds on
mmdet waits longer: see :class:`LazyRegistry`.
"""

from importlib import import_module
from importlib.util import find_spec
from logging import WARNING

from mmengine import registry as mmengine_registry
from mmengine.logging import print_log
from mmengine.registry import Registry

SCOPE = 'mmvireid'


class LazyRegistry(Registry):
    """A registry of parts, some of which need mmdet.

    mmdet is optional and takes seconds to import, and only person search
    needs it. The package that builds on it is imported when a name is asked
    for that neither this registry nor its parents know.

    Args:
        *args: Arguments of mmengine's ``Registry``.
        person_search (str): The package that builds on mmdet.
        **kwargs: Arguments of mmengine's ``Registry``.
    """

    def __init__(self, *args, person_search: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._person_search: str | None = person_search

    def get(self, key: str) -> type | None:
        """Return what is registered under a name, see mmengine's.

        Args:
            key (str): The name, with or without a scope.
        """
        scope, name = self.split_scope_key(key)
        if self._person_search and scope in (None, self.scope):
            self.import_from_location()
            if name not in self.module_dict and name not in (
                self.parent.module_dict
            ):
                self._import_person_search(name)
        return super().get(key)

    def _import_person_search(self, name: str) -> None:
        if find_spec('mmdet') is None:
            print_log(
                f'"{name}" is none of the parts that do without mmdet. If '
                'it is one of person search, run "pip install -r '
                'requirements/detection.txt".',
                logger='current',
                level=WARNING,
            )
            return
        # once, and not again by what the import itself looks up
        package, self._person_search = self._person_search, None
        import_module(package)


def _child(
    parent_name: str, location: str, person_search: str | None = None
) -> Registry:
    """Make a child of one of mmengine's registries."""
    parent = getattr(mmengine_registry, parent_name)
    options = dict(parent=parent, scope=SCOPE, locations=[location])
    if person_search is None:
        return Registry(parent.name, **options)
    return LazyRegistry(parent.name, person_search=person_search, **options)


DATASETS = _child(
    'DATASETS', 'mmvireid.datasets', 'mmvireid.datasets.person_search'
)
DATA_SAMPLERS = _child('DATA_SAMPLERS', 'mmvireid.datasets.samplers')
TRANSFORMS = _child(
    'TRANSFORMS',
    'mmvireid.datasets.transforms',
    'mmvireid.datasets.transforms.person_search',
)
FUNCTIONS = _child('FUNCTIONS', 'mmvireid.datasets')

MODELS = _child('MODELS', 'mmvireid.models', 'mmvireid.models.person_search')
TASK_UTILS = _child(
    'TASK_UTILS', 'mmvireid.models', 'mmvireid.models.person_search'
)
MODEL_WRAPPERS = _child('MODEL_WRAPPERS', 'mmvireid.models')
WEIGHT_INITIALIZERS = _child('WEIGHT_INITIALIZERS', 'mmvireid.models')

METRICS = _child('METRICS', 'mmvireid.evaluation')
EVALUATOR = _child('EVALUATOR', 'mmvireid.evaluation')
PROTOCOLS = Registry(
    'retrieval protocol', scope=SCOPE, locations=['mmvireid.evaluation']
)

HOOKS = _child('HOOKS', 'mmvireid.engine')
LOOPS = _child('LOOPS', 'mmvireid.engine')
RUNNERS = _child('RUNNERS', 'mmvireid.engine')
OPTIMIZERS = _child('OPTIMIZERS', 'mmvireid.engine')
OPTIM_WRAPPERS = _child('OPTIM_WRAPPERS', 'mmvireid.engine')
OPTIM_WRAPPER_CONSTRUCTORS = _child(
    'OPTIM_WRAPPER_CONSTRUCTORS', 'mmvireid.engine'
)
PARAM_SCHEDULERS = _child('PARAM_SCHEDULERS', 'mmvireid.engine')
LOG_PROCESSORS = _child('LOG_PROCESSORS', 'mmvireid.engine')

VISUALIZERS = _child('VISUALIZERS', 'mmvireid.visualization')
VISBACKENDS = _child('VISBACKENDS', 'mmvireid.visualization')
INFERENCERS = _child('INFERENCERS', 'mmvireid.apis')
