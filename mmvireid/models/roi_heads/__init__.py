from .last_stage import SwinLastStage, copy_last_stage
from .location_embedding import LocationEmbedding
from .person_roi_head import PersonRoIHead, embed_rois
from .reid_embedding import ReIDEmbedding

__all__ = [
    'LocationEmbedding',
    'PersonRoIHead',
    'ReIDEmbedding',
    'SwinLastStage',
    'copy_last_stage',
    'embed_rois',
]
