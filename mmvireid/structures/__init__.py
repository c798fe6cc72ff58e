from .batch import Batch
from .box_samples import BoxSamples
from .modality import MODALITIES
from .person_boxes import (
    NOBODY,
    PersonBoxes,
    clip_boxes,
    image_sizes,
    visible_first,
)
from .person_search import SearchHit, SearchScores, SearchTrial
from .retrieval import ExclusionRule, RetrievalScores, RetrievalTrial

__all__ = [
    'MODALITIES',
    'NOBODY',
    'Batch',
    'BoxSamples',
    'ExclusionRule',
    'PersonBoxes',
    'RetrievalScores',
    'RetrievalTrial',
    'SearchHit',
    'SearchScores',
    'SearchTrial',
    'clip_boxes',
    'image_sizes',
    'visible_first',
]
