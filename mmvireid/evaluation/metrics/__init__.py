from .cross_modality_retrieval_metric import CrossModalityRetrievalMetric
from .permutation_accuracy import PermutationAccuracy
from .person_search_metric import PersonSearchMetric
from .sample_metric import SampleMetric

__all__ = [
    'CrossModalityRetrievalMetric',
    'PermutationAccuracy',
    'PersonSearchMetric',
    'SampleMetric',
]
