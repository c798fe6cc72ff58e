from .gem import GeM
from .gradient_reversal import GradientReversal
from .non_local_block import NonLocalBlock
from .norm_logits import (
    BatchNormLogits,
    FixedNormLogits,
    ScaleFreeLogits,
    vector_norms,
)
from .safe_batch_norm import SafeBatchNorm1d
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
