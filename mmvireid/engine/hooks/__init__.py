from .atomic_checkpoint_hook import AtomicCheckpointHook
from .channels_last_hook import ChannelsLastHook
from .checkpoint_guard_hook import CheckpointGuardHook, CheckpointMismatchError
from .corrupt_image_hook import CorruptImageHook
from .epoch_seed_hook import EpochSeedHook
from .invalid_loss_hook import InvalidLossHook
from .permutation_visualization_hook import PermutationVisualizationHook
from .scheduled_attribute_hook import ScheduledAttributeHook

__all__ = [
    'AtomicCheckpointHook',
    'ChannelsLastHook',
    'CheckpointGuardHook',
    'CheckpointMismatchError',
    'CorruptImageHook',
    'EpochSeedHook',
    'InvalidLossHook',
    'PermutationVisualizationHook',
    'ScheduledAttributeHook',
]
