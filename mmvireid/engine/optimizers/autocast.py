"""Forward passes in mixed precision, as all wrappers here run them."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.optim import OptimWrapper
from torch import nn


@contextmanager
def autocast_forward(
    wrapper: OptimWrapper, model: nn.Module, dtype: torch.dtype | None
) -> Iterator[None]:
    """Run a forward pass in mixed precision.

    Args:
        wrapper (OptimWrapper): Counts the passes whose gradients add up.
        model (nn.Module): The model, on whose device autocast is on.
        dtype (torch.dtype, optional): What is computed in; None is the
            device's usual one.

    Yields:
        None: In the plain wrapper's context and in autocast's.
    """
    device = next(model.parameters()).device.type
    with (
        OptimWrapper.optim_context(wrapper, model),
        torch.autocast(device, dtype),
    ):
        yield
