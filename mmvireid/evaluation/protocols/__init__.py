from .base import ImageList, RetrievalProtocol
from .llcm_protocol import LLCMProtocol
from .regdb_protocol import RegDBProtocol
from .sysu_protocol import SYSUProtocol

__all__ = [
    'ImageList',
    'LLCMProtocol',
    'RegDBProtocol',
    'RetrievalProtocol',
    'SYSUProtocol',
]
