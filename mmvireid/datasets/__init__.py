from .collate_views import collate_views
from .cross_modality_dataset import CrossModalityDataset
from .imagenet_subset import ImageNetSubset
from .llcm import LLCM
from .regdb import RegDB
from .sysu_mm01 import SYSUMM01

__all__ = [
    'LLCM',
    'CrossModalityDataset',
    'ImageNetSubset',
    'RegDB',
    'SYSUMM01',
    'collate_views',
]
