# Small enough for a CPU, from random weights.
_base_ = ['./spnet_r50.py', '../backbones/r18_half.py']

# AdamW moves a weight by no more than its rate in a step: residual branches that
# began as zeros would hardly open in so few.
model = dict(
    backbone=dict(backbone=dict(_base_.r18_half, zero_init_residual=False)),
    bbox_head=dict(dim=64, path=dict(anchors_per_image=32)),
    # A scale of 30, which the paper has, is too sharp for 64 random dimensions.
    roi_head=dict(reid_dim=64, loss_reid=dict(queue_size=500, scale=10)),
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
