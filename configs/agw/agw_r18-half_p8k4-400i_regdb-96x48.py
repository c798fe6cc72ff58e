# Half the width and a small budget: what small pre-trainings are compared with.
_base_ = './agw_r18_p8k4-600i_regdb-96x48.py'

model = dict(backbone=dict(backbone=dict(base_channels=32, stem_channels=32)))
train_dataloader = dict(batch_sampler=dict(num_batches=20))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=40, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=40, end=400, by_epoch=False),
]
