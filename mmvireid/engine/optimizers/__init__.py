from .alternating_optim_wrapper import AlternatingOptimWrapper
from .alternating_optim_wrapper_constructor import (
    AlternatingOptimWrapperConstructor,
)
from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .compilable_amp_optim_wrapper import CompilableAmpOptimWrapper

__all__ = [
    'AlternatingOptimWrapper',
    'AlternatingOptimWrapperConstructor',
    'BFloat16OptimWrapper',
    'CompilableAmpOptimWrapper',
]
