from .channel_shuffle import ChannelShuffle
from .compress import Compress
from .defocus import Defocus
from .deform import Deform
from .linear_color_jitter import LinearColorJitter
from .rgb_shift import RGBShift
from .sharpen_gray import SharpenGray

__all__ = [
    'ChannelShuffle',
    'Compress',
    'Deform',
    'Defocus',
    'LinearColorJitter',
    'RGBShift',
    'SharpenGray',
]
