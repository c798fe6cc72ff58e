from .channel_adaptive_gray import ChannelAdaptiveGray
from .channel_exchange import ChannelExchange
from .channel_random_erasing import ChannelRandomErasing
from .for_modality import ForModality
from .pack_cross_modality_inputs import PackCrossModalityInputs
from .task_oriented import (
    ChannelShuffle,
    Compress,
    Defocus,
    Deform,
    LinearColorJitter,
    RGBShift,
    SharpenGray,
)
from .views import Views

__all__ = [
    'ChannelAdaptiveGray',
    'ChannelExchange',
    'ChannelRandomErasing',
    'ChannelShuffle',
    'Compress',
    'Defocus',
    'Deform',
    'ForModality',
    'LinearColorJitter',
    'PackCrossModalityInputs',
    'RGBShift',
    'SharpenGray',
    'Views',
]
