from .architecture_file import (
    read_architecture,
    read_searched_on,
    write_architecture,
)
from .norm_architecture import NormArchitecture
from .norm_rule import NormRule
from .norm_search_two_stream import NormSearchTwoStream
from .norms_within import NormsWithin
from .random_norms import RandomNorms
from .space import find_norms

__all__ = [
    'NormArchitecture',
    'NormRule',
    'NormSearchTwoStream',
    'NormsWithin',
    'RandomNorms',
    'find_norms',
    'read_architecture',
    'read_searched_on',
    'write_architecture',
]
