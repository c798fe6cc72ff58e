# 11,206 scenes, 8 in a step, make 1,400 steps an epoch; warm-up, then cosine to
# zero. With another batch, change its `end` too.
_base_ = './adamw_spnet.py'

param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=1000, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=1000, end=42000, by_epoch=False),
]
