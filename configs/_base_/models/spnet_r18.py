# Small enough for a CPU, from random weights.
_base_ = ['./spnet_r50.py', '../backbones/random_resnet.py']

model = dict(
    backbone=dict(
        backbone=dict(
            depth=18,
            stem_channels=32,
            base_channels=32,
            init_cfg=_base_.random_init,
        )
    ),
    bbox_head=dict(dim=64, path=dict(anchors_per_image=32)),
    roi_head=dict(reid_dim=64, loss_reid=dict(queue_size=500)),
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
