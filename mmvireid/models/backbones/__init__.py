from .modality_specific import BatchSplit, ModalitySpecific
from .non_local_resnet import NonLocalResNet
from .presets import PRESETS, BackbonePreset, find_preset
from .raw_convnext import RawConvNeXt
from .two_stream import TwoStream, feature_widths

__all__ = [
    'PRESETS',
    'BackbonePreset',
    'BatchSplit',
    'ModalitySpecific',
    'NonLocalResNet',
    'RawConvNeXt',
    'TwoStream',
    'feature_widths',
    'find_preset',
]
