"""What is asked of any model."""

from mmengine.model import is_model_wrapper
from torch import nn


def plain_model(model: nn.Module) -> nn.Module:
    """Return a model without the wrapper of distributed training."""
    return model.module if is_model_wrapper(model) else model
