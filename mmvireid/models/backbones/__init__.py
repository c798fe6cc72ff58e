from .modality_specific import BatchSplit, ModalitySpecific
from .non_local_resnet import NonLocalResNet
from .norm_search import *  # noqa: F403
from .norm_search import __all__ as _norm_search
from .presets import PRESETS, BackbonePreset, find_preset
from .raw_convnext import RawConvNeXt
from .two_stream import (
    TwoStream,
    build_plain,
    feature_shapes,
    feature_widths,
    specific_names,
)

__all__ = [
    'PRESETS',
    'BackbonePreset',
    'BatchSplit',
    'ModalitySpecific',
    'NonLocalResNet',
    'RawConvNeXt',
    'TwoStream',
    'build_plain',
    'feature_shapes',
    'feature_widths',
    'find_preset',
    'specific_names',
    *_norm_search,
]
