from .coco_persons import COCOPersons
from .concat_person_search import ConcatPersonSearch
from .cuhk_sysu import CUHKSYSU
from .person_search_dataset import PersonSearchDataset
from .prw import PRW

__all__ = [
    'CUHKSYSU',
    'PRW',
    'COCOPersons',
    'ConcatPersonSearch',
    'PersonSearchDataset',
]
