from .anchor_focal_loss import AnchorFocalLoss
from .distillation_loss import DistillationLoss
from .momentum_queue_loss import MomentumQueueLoss
from .online_instance_matching import OnlineInstanceMatching

__all__ = [
    'AnchorFocalLoss',
    'DistillationLoss',
    'MomentumQueueLoss',
    'OnlineInstanceMatching',
]
