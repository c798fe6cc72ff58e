from .bn_neck import BNNeck
from .fine_grained_dependency_reconstruction import (
    FineGrainedDependencyReconstruction,
)
from .part_neck import PartNeck
from .pooling_neck import PoolingNeck

__all__ = [
    'BNNeck',
    'FineGrainedDependencyReconstruction',
    'PartNeck',
    'PoolingNeck',
]
