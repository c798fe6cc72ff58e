from .classifier_memory import ClassifierMemory
from .momentum_teacher import MomentumTeacher
from .person_search_data_preprocessor import PersonSearchDataPreprocessor
from .person_search_weights import load_person_search_weights
from .person_searcher import PersonSearcher
from .spnet import SPNet

__all__ = [
    'ClassifierMemory',
    'MomentumTeacher',
    'PersonSearchDataPreprocessor',
    'PersonSearcher',
    'SPNet',
    'load_person_search_weights',
]
