_base_ = [
    '../_base_/models/agw_r18.py',
    '../_base_/datasets/sysu_96x48.py',
    '../_base_/schedules/sgd_400i.py',
    '../_base_/default_runtime.py',
]

# 25 epochs of 20 steps, at half the width: a few minutes on two cores.
model = dict(backbone=dict(backbone=dict(base_channels=32, stem_channels=32)))
train_dataloader = dict(batch_sampler=dict(num_batches=20))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=50, end=500, by_epoch=False),
]
train_cfg = dict(max_epochs=25, val_interval=25)
