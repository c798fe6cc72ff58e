from .bn_neck import BNNeck
from .part_neck import PartNeck
from .pooling_neck import PoolingNeck

__all__ = ['BNNeck', 'PartNeck', 'PoolingNeck']
