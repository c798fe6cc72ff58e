# Table 8, query-centric: two views of each scene make 2,802 steps an epoch.
_base_ = './spnet_convnext-t_b8-30e_cuhk-512.py'

model = dict(
    bbox_head=dict(path=dict(_delete_=True, type='QueryPath')),
    test_path='query',
)
train_dataloader = dict(
    drop_last=False,
    sampler=dict(_delete_=True, type='RepeatSampler', repeats=2),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=1000, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=1000, end=84060, by_epoch=False),
]
# The bridge has no gradient.
find_unused_parameters = True
