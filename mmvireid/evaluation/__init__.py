from .assignment import best_permutations
from .domain_probe import domain_probe
from .metrics import (
    CrossModalityRetrievalMetric,
    PermutationAccuracy,
    PersonSearchMetric,
)
from .person_search import (
    SceneDetections,
    SceneRecords,
    SearchPlan,
    score_search,
)
from .protocols import (
    ImageList,
    LLCMProtocol,
    PersonSearchProtocol,
    RegDBProtocol,
    RetrievalProtocol,
    SYSUProtocol,
)
from .ranking import cosine, score_similarity, score_trials
from .report import RetrievalReport
from .reranking import k_reciprocal_distance
from .saved_features import SavedFeatures

__all__ = [
    'CrossModalityRetrievalMetric',
    'ImageList',
    'LLCMProtocol',
    'PermutationAccuracy',
    'PersonSearchMetric',
    'PersonSearchProtocol',
    'RegDBProtocol',
    'RetrievalProtocol',
    'RetrievalReport',
    'SYSUProtocol',
    'SavedFeatures',
    'SceneDetections',
    'SceneRecords',
    'SearchPlan',
    'best_permutations',
    'cosine',
    'domain_probe',
    'k_reciprocal_distance',
    'score_search',
    'score_similarity',
    'score_trials',
]
