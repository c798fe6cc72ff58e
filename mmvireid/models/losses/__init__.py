from .anchor_focal import AnchorFocalLoss
from .class_mmd import ClassMMD
from .correlation_consistency import CorrelationConsistency
from .cross_modality_triplet import CrossModalityTriplet
from .distillation import DistillationLoss
from .enhanced_squared_triplet import EnhancedSquaredTriplet
from .hard_triplet import HardTriplet
from .hetero_center import HeteroCenter
from .hetero_center_triplet import HeteroCenterTriplet
from .identity_consistency import IdentityConsistencyLoss
from .momentum_queue import MomentumQueueLoss
from .online_instance_matching import OnlineInstanceMatching
from .part_cycle_contrast import PartCycleContrast
from .permutation_likelihood import PermutationLikelihood
from .permutation_ranking import PermutationRanking
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
