"""All parts of person search that need mmdet, to be imported on demand.

The registries import this module when they do not know a name.
"""

from .dense_heads import *  # noqa: F403
from .detectors import *  # noqa: F403
from .roi_heads import *  # noqa: F403
from .task_modules import *  # noqa: F403
