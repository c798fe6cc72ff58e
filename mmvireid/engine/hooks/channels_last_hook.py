"""Another layout of images in memory, for speed."""

import torch
from mmengine.hooks import Hook
from torch import nn

from mmvireid.registry import HOOKS

#: oneDNN's widest block of channels
BLOCK = 16


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Stores the weights of convolutions with the channels last.

    Convolutions then give maps of that layout, whatever their input has. On
    CPUs, and in mixed precision on GPUs with tensor cores, that is faster;
    results change by rounding alone.

    A network that is so narrow that a strided 1x1 convolution has fewer than
    16 input channels stays as it is: in that layout oneDNN, which computes
    on CPUs, writes beyond its memory there (oneDNN issue 6035).
    """

    def before_run(self, runner) -> None:
        """Change the layout, in training as in testing.

        Args:
            runner (Runner): The runner.
        """
        if any(map(_is_unsafe, runner.model.modules())):
            runner.logger.warning(
                'ChannelsLastHook leaves the layout as it is: the network '
                f'has strided 1x1 convolutions of fewer than {BLOCK} input '
                'channels, which crash with the channels last.'
            )
            return
        runner.model.to(memory_format=torch.channels_last)


def _is_unsafe(module: nn.Module) -> bool:
    return (
        isinstance(module, nn.Conv2d)
        and module.kernel_size == (1, 1)
        and max(module.stride) > 1
        and module.in_channels < BLOCK
    )
