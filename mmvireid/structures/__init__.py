from .batch import Batch
from .box_samples import BoxSamples
from .person_boxes import (
    NOBODY,
    PersonBoxes,
    clip_boxes,
    image_sizes,
    visible_first,
)
from .retrieval import ExclusionRule, RetrievalScores, RetrievalTrial

__all__ = [
    'NOBODY',
    'Batch',
    'BoxSamples',
    'ExclusionRule',
    'PersonBoxes',
    'RetrievalScores',
    'RetrievalTrial',
    'clip_boxes',
    'image_sizes',
    'visible_first',
]
