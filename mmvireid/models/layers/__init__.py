from .batch_norm_logits import BatchNormLogits
from .fixed_norm_logits import FixedNormLogits
from .gem import GeM
from .gradient_reversal import GradientReversal
from .non_local_block import NonLocalBlock
from .norm_logits import vector_norms
from .safe_batch_norm_1d import SafeBatchNorm1d
from .scale_free_logits import ScaleFreeLogits
from .sinkhorn import gumbel_noise, sinkhorn
from .swap_path_stage import SwapPathStage

__all__ = [
    'BatchNormLogits',
    'FixedNormLogits',
    'GeM',
    'GradientReversal',
    'NonLocalBlock',
    'SafeBatchNorm1d',
    'ScaleFreeLogits',
    'SwapPathStage',
    'gumbel_noise',
    'sinkhorn',
    'vector_norms',
]
