from .enhanced_squared_triplet import EnhancedSquaredTriplet
from .hard_triplet import HardTriplet
from .hetero_center import HeteroCenter
from .hetero_center_triplet import HeteroCenterTriplet
from .weighted_regularized_triplet import WeightedRegularizedTriplet

__all__ = [
    'EnhancedSquaredTriplet',
    'HardTriplet',
    'HeteroCenter',
    'HeteroCenterTriplet',
    'WeightedRegularizedTriplet',
]
