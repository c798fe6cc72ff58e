"""Adaptive gray, the channel augmentation of infrared images in CAJ."""

# ruff: noqa: NPY002 (mmcv's transforms draw from numpy's global state)
import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmvireid.registry import TRANSFORMS

from .channel_replication import GRAY, UNCHANGED, ChannelReplication


@TRANSFORMS.register_module()
class ChannelAdaptiveGray(ChannelReplication):
    """Replaces all channels by one of them, or by gray, or by nothing.

    Red, green and blue are chosen with probability 1/4 each; in the last
    quarter the image becomes gray (.2989 R + .5870 G + .1140 B) with
    probability ``prob`` and stays as it is otherwise. From the released
    code of Ye et al., "Channel Augmented Joint Learning for
    Visible-Infrared Recognition", ICCV 2021; see
    :class:`ChannelReplication` for how the values relate to it.

    **Modified Keys:**

    - img

    Args:
        prob (float): Probability of gray in the last quarter, in [0, 1].
            Defaults to 0.5.
        normalized (bool): See :class:`ChannelReplication`. Defaults to
            False.
    """

    def __init__(self, prob: float = 0.5, normalized: bool = False) -> None:
        super().__init__(normalized)
        if not 0 <= prob <= 1:
            raise ValueError(f'prob must be in [0, 1], but is {prob}.')
        self.prob = prob

    @cache_randomness
    def random_choice(self) -> int:
        """Draw 0, 1, 2 for red, green, blue, 3 for gray, 4 for nothing."""
        choice = int(np.random.randint(4))
        if choice == GRAY and np.random.rand() >= self.prob:
            return UNCHANGED
        return choice
