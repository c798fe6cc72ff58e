_base_ = ['./caj_r50.py', '../backbones/random_resnet.py']

# Small enough for a CPU, from random weights.
model = dict(
    backbone=dict(backbone=dict(depth=18, init_cfg=_base_.random_init))
)
custom_hooks = [
    dict(
        type='ScheduledAttributeHook',
        target='heads.triplet.loss_module.squared',
        schedule={0: False, 10: True},
    ),
    dict(type='ChannelsLastHook'),  # faster on CPUs
]
