from .base import ImageList, RetrievalProtocol, chance
from .llcm_protocol import LLCMProtocol
from .person_search_protocol import PersonSearchProtocol
from .regdb_protocol import RegDBProtocol
from .sysu_protocol import SYSUProtocol

__all__ = [
    'ImageList',
    'LLCMProtocol',
    'PersonSearchProtocol',
    'RegDBProtocol',
    'RetrievalProtocol',
    'SYSUProtocol',
    'chance',
]
