from .batch import Batch
from .modality import MODALITIES
from .retrieval import ExclusionRule, RetrievalScores, RetrievalTrial

__all__ = [
    'MODALITIES',
    'Batch',
    'ExclusionRule',
    'RetrievalScores',
    'RetrievalTrial',
]
