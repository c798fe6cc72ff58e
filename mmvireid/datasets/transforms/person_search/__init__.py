from .bbox_safe_crop import BBoxSafeCrop
from .focused_crop import FocusedCrop
from .load_person_annotations import LoadPersonAnnotations
from .pack_person_search_inputs import PackPersonSearchInputs
from .pad_to_crop import PadToCrop
from .random_scale import RandomScale
from .square_crop import SquareCrop

__all__ = [
    'BBoxSafeCrop',
    'FocusedCrop',
    'LoadPersonAnnotations',
    'PackPersonSearchInputs',
    'PadToCrop',
    'RandomScale',
    'SquareCrop',
]
