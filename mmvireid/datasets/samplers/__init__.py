from .cross_modality_identity_batch_sampler import (
    CrossModalityIdentityBatchSampler,
)
from .repeat_sampler import RepeatSampler
from .unlabelled_pair_batch_sampler import UnlabelledPairBatchSampler

__all__ = [
    'CrossModalityIdentityBatchSampler',
    'RepeatSampler',
    'UnlabelledPairBatchSampler',
]
