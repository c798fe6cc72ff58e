from .base_head import BaseHead
from .consistent_identity_head import ConsistentIdentityHead
from .fake_domain_head import FakeDomainHead
from .gumbel_sinkhorn_head import GumbelSinkhornHead
from .identity_head import IdentityHead
from .metric_loss_head import MetricLossHead
from .part_cycle_contrast_head import PartCycleContrastHead
from .part_identity_head import PartIdentityHead
from .patch_position_head import PatchPositionHead

__all__ = [
    'BaseHead',
    'ConsistentIdentityHead',
    'FakeDomainHead',
    'GumbelSinkhornHead',
    'IdentityHead',
    'MetricLossHead',
    'PartCycleContrastHead',
    'PartIdentityHead',
    'PatchPositionHead',
]
