"""Mixed precision without an accelerator."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.optim import OptimWrapper
from torch import nn

from mmvireid.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Computes the forward pass in bfloat16 where that is safe.

    For CPUs, on which mmengine's ``AmpOptimWrapper`` does not run. Bfloat16
    has the range of float32, so that no loss needs to be scaled. It is
    quicker on CPUs that compute in it, such as those with AVX512-BF16 or AMX.

    Args:
        **kwargs: Those of mmengine's ``OptimWrapper``.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Run a forward pass in mixed precision.

        Args:
            model (nn.Module): The model, on whose device autocast is on.

        Yields:
            None: In both contexts.
        """
        device = next(model.parameters()).device.type
        with (
            super().optim_context(model),
            torch.autocast(device, torch.bfloat16),
        ):
            yield
