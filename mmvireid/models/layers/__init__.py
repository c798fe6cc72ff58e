from .gem import GeM
from .non_local_block import NonLocalBlock

__all__ = ['GeM', 'NonLocalBlock']
