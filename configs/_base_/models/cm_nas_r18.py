_base_ = ['./cm_nas_r50.py', '../backbones/random_resnet.py']

# Small enough for a CPU, from random weights.
model = dict(
    backbone=dict(backbone=dict(depth=18, init_cfg=_base_.random_init))
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
