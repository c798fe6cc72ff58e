from .alternating_turn_hook import AlternatingTurnHook
from .architecture_hook import ArchitectureHook
from .atomic_checkpoint_hook import (
    AtomicCheckpointHook,
    find_last_checkpoint,
)
from .channels_last_hook import ChannelsLastHook
from .checkpoint_guard_hook import CheckpointGuardHook, CheckpointMismatchError
from .corrupt_image_hook import CorruptImageHook
from .ema_restart_hook import EMARestartHook
from .epoch_seed_hook import EpochSeedHook
from .invalid_loss_hook import InvalidLossHook
from .permutation_visualization_hook import PermutationVisualizationHook
from .scheduled_attribute_hook import ScheduledAttributeHook

__all__ = [
    'AlternatingTurnHook',
    'ArchitectureHook',
    'AtomicCheckpointHook',
    'ChannelsLastHook',
    'CheckpointGuardHook',
    'CheckpointMismatchError',
    'CorruptImageHook',
    'EMARestartHook',
    'EpochSeedHook',
    'InvalidLossHook',
    'PermutationVisualizationHook',
    'ScheduledAttributeHook',
    'find_last_checkpoint',
]
