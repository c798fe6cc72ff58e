from .anchor_focal import AnchorFocalLoss
from .distillation import DistillationLoss
from .momentum_queue import MomentumQueueLoss
from .online_instance_matching import OnlineInstanceMatching

__all__ = [
    'AnchorFocalLoss',
    'DistillationLoss',
    'MomentumQueueLoss',
    'OnlineInstanceMatching',
]
