from .modality_specific import BatchSplit, ModalitySpecific
from .non_local_resnet import NonLocalResNet
from .norm_search import *  # noqa: F403
from .norm_search import __all__ as _norm_search
from .presets import PRESETS, BackbonePreset, find_preset
from .two_stream import TwoStream, feature_widths

__all__ = [
    'PRESETS',
    'BackbonePreset',
    'BatchSplit',
    'ModalitySpecific',
    'NonLocalResNet',
    'TwoStream',
    'feature_widths',
    'find_preset',
    *_norm_search,
]
