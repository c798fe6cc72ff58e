# A plain classifier, small enough for a CPU: one stream of half the width, from
# random weights.
_base_ = ['./two_stream_r50.py', '../backbones/r18_half.py']

model = dict(
    backbone=dict(
        specific=[],
        backbone=dict(_base_.r18_half, strides=(1, 2, 2, 2)),
    ),
    neck=dict(type='PoolingNeck'),
    heads=dict(_delete_=True, id=dict(type='IdentityHead', feature='global')),
    test_cfg=dict(features=['global']),
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
