_base_ = [
    '../_base_/models/top_r50.py',
    '../_base_/datasets/imagenet_mini_top.py',
    '../_base_/schedules/sgd_cosine_70e.py',
    '../_base_/default_runtime.py',
]

# The gradient reversal grows with training; its course is a reconstruction.
custom_hooks = [
    dict(
        type='ScheduledAttributeHook',
        target='heads.domain.reversal.strength',
        schedule={0: 0.0, 70: 1.0},
        form='sigmoid',
    )
]
