# A small budget for CPUs, from random weights: 20 epochs of 20 steps (the leaf
# sets num_batches=20).
_base_ = './sgd_600i.py'

param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=40, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=40, end=400, by_epoch=False),
]
