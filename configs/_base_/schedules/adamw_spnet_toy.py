# A small budget for CPUs: 20 epochs, cosine, with a warm-up over the first 50
# steps. Detection from random weights wants large steps, but embeddings must not
# move faster than the table of persons is refreshed.
_base_ = './adamw_spnet.py'

optim_wrapper = dict(
    optimizer=dict(lr=3e-4),
    paramwise_cfg=dict(
        custom_keys={
            'bbox_head.': dict(lr_mult=3),
            'roi_head.': dict(lr_mult=1 / 3),
        }
    ),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', end=20, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=20, val_interval=20)
