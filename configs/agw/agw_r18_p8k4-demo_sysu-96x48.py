_base_ = [
    '../_base_/models/agw_r18.py',
    '../_base_/datasets/sysu_96x48.py',
    '../_base_/schedules/sgd_600i.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(batch_sampler=dict(num_batches=20))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=40, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=40, end=400, by_epoch=False),
]
