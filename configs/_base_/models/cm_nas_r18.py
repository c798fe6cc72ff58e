_base_ = './cm_nas_r50.py'

# Small enough for a CPU, from random weights.
model = dict(backbone=dict(backbone=dict(depth=18, init_cfg=None)))

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
