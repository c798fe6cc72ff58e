"""Registries of mmvireid.

Every registry but :data:`PROTOCOLS` is a child of mmengine's registry of the
same name. ``locations`` names the package that is imported the first time a
name is looked up, so that ``import mmvireid`` stays light.
"""

from mmengine import registry as mmengine_registry
from mmengine.registry import Registry

SCOPE = 'mmvireid'


def _child(parent_name: str, location: str) -> Registry:
    """Make a child of one of mmengine's registries."""
    parent = getattr(mmengine_registry, parent_name)
    return Registry(
        parent.name, parent=parent, scope=SCOPE, locations=[location]
    )


DATASETS = _child('DATASETS', 'mmvireid.datasets')
DATA_SAMPLERS = _child('DATA_SAMPLERS', 'mmvireid.datasets.samplers')
TRANSFORMS = _child('TRANSFORMS', 'mmvireid.datasets.transforms')
FUNCTIONS = _child('FUNCTIONS', 'mmvireid.datasets')

MODELS = _child('MODELS', 'mmvireid.models')
TASK_UTILS = _child('TASK_UTILS', 'mmvireid.models')
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
