from .batch import Batch
from .retrieval import ExclusionRule, RetrievalScores, RetrievalTrial

__all__ = ['Batch', 'ExclusionRule', 'RetrievalScores', 'RetrievalTrial']
