# mmpretrain's parts register themselves on import; ours are built from them.
from .backbones import *  # noqa: F403
from .cross_modality_model import CrossModalityModel
from .data_preprocessor import CrossModalityDataPreprocessor
from .heads import *  # noqa: F403

__all__ = ['CrossModalityDataPreprocessor', 'CrossModalityModel']
