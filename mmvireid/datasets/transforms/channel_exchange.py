"""Channel exchange, the channel augmentation of visible images in CAJ."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .channel_replication import ChannelReplication


@TRANSFORMS.register_module()
class ChannelExchange(ChannelReplication):
    """Replaces all channels by one of red, green and blue, at random.

    From Ye et al., "Channel Augmented Joint Learning for Visible-Infrared
    Recognition", ICCV 2021; see :class:`ChannelReplication` for how the
    values relate to the released code's.

    **Modified Keys:**

    - img

    Args:
        gray (bool): Whether gray (.2989 R + .5870 G + .1140 B) is a fourth
            choice, as likely as each channel. Defaults to False.
        normalized (bool): See :class:`ChannelReplication`. Defaults to
            False.
    """

    def __init__(self, gray: bool = False, normalized: bool = False) -> None:
        super().__init__(normalized)
        self.gray = gray

    @cache_randomness
    def random_choice(self) -> int:
        """Draw 0, 1, 2 for red, green, blue, or 3 for gray."""
        return int(np.random.randint(4 if self.gray else 3))
