from .backbones import *  # noqa: F403
from .batch_augments import *  # noqa: F403
from .cross_modality_data_preprocessor import CrossModalityDataPreprocessor
from .cross_modality_model import CrossModalityModel
from .heads import *  # noqa: F403
from .layers import *  # noqa: F403
from .losses import *  # noqa: F403
from .necks import *  # noqa: F403

__all__ = ['CrossModalityDataPreprocessor', 'CrossModalityModel']
