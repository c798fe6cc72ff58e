from .batch import Batch
from .modality import MODALITIES
from .person_search import SearchHit, SearchScores, SearchTrial
from .retrieval import ExclusionRule, RetrievalScores, RetrievalTrial

__all__ = [
    'MODALITIES',
    'Batch',
    'ExclusionRule',
    'RetrievalScores',
    'RetrievalTrial',
    'SearchHit',
    'SearchScores',
    'SearchTrial',
]
