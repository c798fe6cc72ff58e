from .balanced_sample import balanced_sample
from .good_detections import good_detections
from .low_quality_matcher import LowQualityMatcher
from .object_path import ObjectPath
from .query_pairs import QueryPairs, select_pairs
from .query_path import QueryPath, pair_distances
from .resample import resample
from .spnet_anchor_generator import SPNetAnchorGenerator

__all__ = [
    'LowQualityMatcher',
    'ObjectPath',
    'QueryPairs',
    'QueryPath',
    'SPNetAnchorGenerator',
    'balanced_sample',
    'good_detections',
    'pair_distances',
    'resample',
    'select_pairs',
]
