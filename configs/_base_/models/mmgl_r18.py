_base_ = ['./mmgl_r50.py', '../backbones/random_resnet.py']

# Small enough for a CPU. In some hundred steps the likelihood of the true order
# teaches more than Eq. 4, and so does a mean over all stripes that is linear.
model = dict(
    backbone=dict(backbone=dict(depth=18, init_cfg=_base_.random_init)),
    neck=dict(pooling=dict(type='GeM', p=1.0)),
    heads=dict(
        permutation=dict(
            loss=dict(_delete_=True, type='PermutationLikelihood')
        )
    ),
)

# faster on CPUs
custom_hooks = [dict(type='ChannelsLastHook')]
