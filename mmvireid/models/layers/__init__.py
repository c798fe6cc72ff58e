from .gem import GeM
from .gradient_reversal import GradientReversal
from .non_local_block import NonLocalBlock
from .sinkhorn import gumbel_noise, sinkhorn

__all__ = [
    'GeM',
    'GradientReversal',
    'NonLocalBlock',
    'gumbel_noise',
    'sinkhorn',
]
