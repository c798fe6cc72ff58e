# 5,704 scenes, 8 in a step, make 713 steps an epoch; warm-up for all but one of
# the first, then cosine to zero. With another batch, change its `end` too.
_base_ = './adamw_spnet.py'

param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=712, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=712, end=21390, by_epoch=False),
]
