from .alternating_identity_batch_sampler import AlternatingIdentityBatchSampler
from .cross_modality_identity_batch_sampler import (
    CrossModalityIdentityBatchSampler,
)
from .repeat_sampler import RepeatSampler
from .unlabelled_pair_batch_sampler import UnlabelledPairBatchSampler

__all__ = [
    'AlternatingIdentityBatchSampler',
    'CrossModalityIdentityBatchSampler',
    'RepeatSampler',
    'UnlabelledPairBatchSampler',
]
