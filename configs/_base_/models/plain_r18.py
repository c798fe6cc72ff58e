# A plain classifier, small enough for a CPU: one stream, from random weights.
_base_ = ['./two_stream_r50.py', '../backbones/random_resnet.py']

model = dict(
    backbone=dict(
        specific=[],
        backbone=dict(
            depth=18, strides=(1, 2, 2, 2), init_cfg=_base_.random_init
        ),
    ),
    neck=dict(type='PoolingNeck'),
    heads=dict(_delete_=True, id=dict(type='IdentityHead', feature='global')),
    test_cfg=dict(features=['global']),
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
