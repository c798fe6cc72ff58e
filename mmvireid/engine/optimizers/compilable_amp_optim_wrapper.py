"""Mixed precision on an accelerator, compiled or not."""

from contextlib import AbstractContextManager

from mmengine.optim import AmpOptimWrapper
from torch import nn

from mmvireid.registry import OPTIM_WRAPPERS

from .autocast import autocast_forward


@OPTIM_WRAPPERS.register_module()
class CompilableAmpOptimWrapper(AmpOptimWrapper):
    """mmengine's mixed precision in steps that ``torch.compile`` can compile.

    The context of mmengine compares versions of PyTorch each time that it is
    entered, which cannot be traced (seen with torch 2.11).

    Args:
        **kwargs: Those of mmengine's ``AmpOptimWrapper``.
    """

    def optim_context(self, model: nn.Module) -> AbstractContextManager:
        """Return the context of a forward pass in mixed precision.

        Args:
            model (nn.Module): The model.
        """
        return autocast_forward(self, model, self.cast_dtype)
