from .coco_persons import SAMPLE_PERCENTS, convert_coco_persons
from .cuhk_sysu import convert_cuhk_sysu
from .prw import convert_prw
from .scene_annotations import Scene, SceneAnnotations

__all__ = [
    'SAMPLE_PERCENTS',
    'Scene',
    'SceneAnnotations',
    'convert_coco_persons',
    'convert_cuhk_sysu',
    'convert_prw',
]
