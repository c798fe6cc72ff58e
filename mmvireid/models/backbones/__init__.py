from .modality_specific import BatchSplit, ModalitySpecific
from .presets import PRESETS, BackbonePreset, find_preset
from .two_stream import TwoStream, feature_widths

__all__ = [
    'PRESETS',
    'BackbonePreset',
    'BatchSplit',
    'ModalitySpecific',
    'TwoStream',
    'feature_widths',
    'find_preset',
]
