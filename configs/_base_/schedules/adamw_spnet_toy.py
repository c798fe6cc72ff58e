# A small budget for CPUs: 20 epochs, warm-up over 50 steps, then cosine.
_base_ = './adamw_spnet.py'

optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', end=20, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=20, val_interval=20)
