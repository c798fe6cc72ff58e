from .average_precision import RankedLists, rank_lists
from .detection import DetectionScores, score_detections
from .pair_retrieval import PairRanker
from .persons import PersonIndex
from .plan import SearchPlan
from .retrieval import GalleryRanker, QueryRanks
from .scenes import SceneDetections, SceneRecords
from .scoring import distinct_queries, score_search

__all__ = [
    'DetectionScores',
    'GalleryRanker',
    'PairRanker',
    'PersonIndex',
    'QueryRanks',
    'RankedLists',
    'SceneDetections',
    'SceneRecords',
    'SearchPlan',
    'distinct_queries',
    'rank_lists',
    'score_detections',
    'score_search',
]
