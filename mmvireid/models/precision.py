"""Where half precision must stay out."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor


def without_autocast(tensor: Tensor) -> AbstractContextManager:
    """Return a context in which autocast is off on the tensor's device.

    The caller converts to float32 what came in half precision.

    Args:
        tensor (Tensor): Any tensor of the computation; on the meta device,
            which has no autocast, the context does nothing.

    Returns:
        AbstractContextManager: The context.
    """
    if tensor.is_meta:
        return nullcontext()
    return torch.autocast(tensor.device.type, enabled=False)


def at_least_float32(tensor: Tensor) -> Tensor:
    """Convert half precision to float32 and leave all else.

    Args:
        tensor (Tensor): Of any floating dtype.

    Returns:
        Tensor: In float32 or float64.
    """
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
