from .base_head import BaseHead
from .gumbel_sinkhorn_head import GumbelSinkhornHead
from .identity_head import IdentityHead
from .metric_loss_head import MetricLossHead
from .part_cycle_contrast_head import PartCycleContrastHead
from .patch_position_head import PatchPositionHead

__all__ = [
    'BaseHead',
    'GumbelSinkhornHead',
    'IdentityHead',
    'MetricLossHead',
    'PartCycleContrastHead',
    'PatchPositionHead',
]
