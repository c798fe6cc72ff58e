# Small enough for a CPU, from random weights.
_base_ = ['./spnet_r50.py', '../backbones/r18_half.py']

model = dict(
    backbone=dict(backbone=_base_.r18_half),
    bbox_head=dict(dim=64, path=dict(anchors_per_image=32)),
    roi_head=dict(reid_dim=64, loss_reid=dict(queue_size=500)),
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
