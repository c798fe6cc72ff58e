"""Mixed precision on an accelerator, compiled or not."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.optim import AmpOptimWrapper, OptimWrapper
from torch import nn

from mmvireid.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class CompilableAmpOptimWrapper(AmpOptimWrapper):
    """mmengine's mixed precision in steps that ``torch.compile`` can compile.

    The context of mmengine compares versions of PyTorch each time that it is
    entered, which cannot be traced (seen with torch 2.11).

    Args:
        **kwargs: Those of mmengine's ``AmpOptimWrapper``.
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
            OptimWrapper.optim_context(self, model),
            torch.autocast(device, self.cast_dtype),
        ):
            yield
