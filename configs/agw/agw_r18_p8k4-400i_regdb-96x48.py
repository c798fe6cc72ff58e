_base_ = [
    '../_base_/models/agw_r18.py',
    '../_base_/datasets/regdb_96x48.py',
    '../_base_/schedules/sgd_400i.py',
    '../_base_/default_runtime.py',
]

# From random weights and with few identities, colour must not be all that there
# is to see: half of the visible images lose it, and patches of all are erased.
train_pipeline = [
    *_base_.train_pipeline[:-1],
    dict(
        type='ForModality',
        visible=[
            dict(
                type='RandomApply',
                transforms=[dict(type='ChannelExchange')],
                prob=0.5,
            )
        ],
    ),
    dict(type='ChannelRandomErasing'),
    _base_.train_pipeline[-1],
]
train_dataloader = dict(
    batch_sampler=dict(num_batches=20),
    dataset=dict(pipeline=train_pipeline),
)
