from mmvireid.utils.config import fill_num_identities

from .cross_modality_inferencer import CrossModalityInferencer

__all__ = ['CrossModalityInferencer', 'fill_num_identities']
