from .base_head import BaseHead
from .identity_head import IdentityHead
from .metric_loss_head import MetricLossHead

__all__ = ['BaseHead', 'IdentityHead', 'MetricLossHead']
