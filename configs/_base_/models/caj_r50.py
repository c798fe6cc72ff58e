_base_ = './agw_r50.py'

# CAJ: the squared triplet, reached over ten epochs of the plain one (Ye et
# al., ICCV 2021; the warm-up is ours). Its views come from the pipeline.
model = dict(
    heads=dict(
        triplet=dict(loss=dict(type='EnhancedSquaredTriplet', squared=False))
    )
)
custom_hooks = [
    dict(
        type='ScheduledAttributeHook',
        target='heads.triplet.loss_module.squared',
        schedule={0: False, 10: True},
    )
]
