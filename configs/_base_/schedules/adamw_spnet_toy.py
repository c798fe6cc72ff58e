# A small budget for CPUs: 20 epochs, cosine, with a warm-up over the first 50
# steps. A network from random weights wants large steps, but its last projections
# must not turn faster than the table of persons is refreshed.
_base_ = './adamw_spnet.py'

optim_wrapper = dict(
    optimizer=dict(lr=1e-3),
    paramwise_cfg=dict(
        custom_keys={'roi_head.reid.projections.': dict(lr_mult=0.1)}
    ),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', end=20, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=20, val_interval=20)
