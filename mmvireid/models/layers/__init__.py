from .gem import GeM
from .non_local_block import NonLocalBlock
from .sinkhorn import gumbel_noise, sinkhorn

__all__ = ['GeM', 'NonLocalBlock', 'gumbel_noise', 'sinkhorn']
