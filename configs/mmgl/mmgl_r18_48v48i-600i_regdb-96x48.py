_base_ = [
    '../_base_/models/mmgl_r18.py',
    '../_base_/datasets/regdb_mmgl_96x48.py',
    '../_base_/schedules/sgd_cosine_600i.py',
    '../_base_/default_runtime.py',
]

default_hooks = dict(
    checkpoint=dict(save_best='permutation/position', rule='greater')
)
# From random weights, telling images apart solves the contrast before stripes
# are understood, and then hinders that: its weight grows from step 200 on.
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='PermutationVisualizationHook'),
    dict(
        type='ScheduledAttributeHook',
        target='heads.cycle.trade_off',
        schedule={0: 0.0, 200: 0.0, 600: 0.2},
        by_epoch=False,
        form='linear',
    ),
]
train_dataloader = dict(batch_sampler=dict(num_batches=100))
