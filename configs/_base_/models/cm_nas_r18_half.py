_base_ = ['./cm_nas_r50.py', '../backbones/random_resnet.py']

# Small enough for a CPU: half the width, from random weights.
model = dict(
    backbone=dict(
        backbone=dict(
            depth=18,
            base_channels=32,
            stem_channels=32,
            init_cfg=_base_.random_init,
        )
    )
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
