from .class_mmd import ClassMMD
from .correlation_consistency import CorrelationConsistency
from .cross_modality_triplet import CrossModalityTriplet
from .enhanced_squared_triplet import EnhancedSquaredTriplet
from .hard_triplet import HardTriplet
from .hetero_center import HeteroCenter
from .hetero_center_triplet import HeteroCenterTriplet
from .identity_consistency_loss import IdentityConsistencyLoss
from .part_cycle_contrast import PartCycleContrast
from .permutation_likelihood import PermutationLikelihood
from .permutation_ranking import PermutationRanking
from .person_search import (
    AnchorFocalLoss,
    DistillationLoss,
    MomentumQueueLoss,
    OnlineInstanceMatching,
)
from .weighted_regularized_triplet import WeightedRegularizedTriplet

__all__ = [
    'ClassMMD',
    'CorrelationConsistency',
    'CrossModalityTriplet',
    'AnchorFocalLoss',
    'DistillationLoss',
    'EnhancedSquaredTriplet',
    'HardTriplet',
    'HeteroCenter',
    'HeteroCenterTriplet',
    'IdentityConsistencyLoss',
    'MomentumQueueLoss',
    'OnlineInstanceMatching',
    'PartCycleContrast',
    'PermutationLikelihood',
    'PermutationRanking',
    'WeightedRegularizedTriplet',
]
