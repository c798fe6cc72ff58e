from mmvireid.utils.config import fill_num_identities

from .cross_modality_inferencer import CrossModalityInferencer
from .feature_model import build_feature_model
from .onnx_export import export_onnx
from .person_search_inferencer import PersonSearchInferencer
from .view_features import view_features

__all__ = [
    'CrossModalityInferencer',
    'PersonSearchInferencer',
    'build_feature_model',
    'export_onnx',
    'fill_num_identities',
    'view_features',
]
