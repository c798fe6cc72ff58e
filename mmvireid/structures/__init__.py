from .batch import Batch
from .person_search import SearchHit, SearchScores, SearchTrial
from .retrieval import ExclusionRule, RetrievalScores, RetrievalTrial

__all__ = [
    'Batch',
    'ExclusionRule',
    'RetrievalScores',
    'RetrievalTrial',
    'SearchHit',
    'SearchScores',
    'SearchTrial',
]
