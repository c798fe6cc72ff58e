"""Another layout of images in memory, for speed."""

import torch
from mmengine.hooks import Hook

from mmvireid.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Stores the weights of convolutions with the channels last.

    Convolutions then give maps of that layout, whatever their input has. On
    CPUs, and in mixed precision on GPUs with tensor cores, that is faster;
    results change by rounding alone.
    """

    def before_run(self, runner) -> None:
        """Change the layout, in training as in testing.

        Args:
            runner (Runner): The runner.
        """
        runner.model.to(memory_format=torch.channels_last)
