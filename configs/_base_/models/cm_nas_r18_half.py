_base_ = ['./cm_nas_r50.py', '../backbones/r18_half.py']

model = dict(backbone=dict(backbone=_base_.r18_half))

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
