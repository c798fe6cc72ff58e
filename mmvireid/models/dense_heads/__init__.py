from .detections import Detections
from .swap_path_head import SwapPathHead

__all__ = ['Detections', 'SwapPathHead']
