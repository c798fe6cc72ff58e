# A small budget for CPUs: 6 epochs of 100 steps (the leaf sets
# num_batches=100), warm-up over 40 steps, then cosine.
_base_ = './sgd_cosine_100e.py'

optim_wrapper = dict(optimizer=dict(lr=0.05))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=40, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=40, end=600, by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=6, val_interval=3)
