from .alternating_optim_wrapper import AlternatingOptimWrapper
from .alternating_optim_wrapper_constructor import (
    AlternatingOptimWrapperConstructor,
)

__all__ = ['AlternatingOptimWrapper', 'AlternatingOptimWrapperConstructor']
