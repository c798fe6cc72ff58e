"""Mixed precision without an accelerator."""

from contextlib import AbstractContextManager

import torch
from mmengine.optim import OptimWrapper
from torch import nn

from mmvireid.registry import OPTIM_WRAPPERS

from .autocast import autocast_forward


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Computes the forward pass in bfloat16 where that is safe.

    For CPUs, on which mmengine's ``AmpOptimWrapper`` does not run. Bfloat16
    has the range of float32, so that no loss needs to be scaled. It is
    quicker on CPUs that compute in it, such as those with AVX512-BF16 or AMX.

    Args:
        **kwargs: Those of mmengine's ``OptimWrapper``.
    """

    def optim_context(self, model: nn.Module) -> AbstractContextManager:
        """Return the context of a forward pass in bfloat16.

        Args:
            model (nn.Module): The model.
        """
        return autocast_forward(self, model, torch.bfloat16)
