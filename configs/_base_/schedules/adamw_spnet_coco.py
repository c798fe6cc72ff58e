# SPNet, pre-training: the backbone at a tenth of the learning rate, without
# weight decay. Some 64,000 images in two views each make some 16,000 steps an
# epoch, so the cosine is reckoned in epochs; the first 1000 steps warm up.
_base_ = './adamw_spnet.py'

optim_wrapper = dict(
    optimizer=dict(weight_decay=1e-3),
    paramwise_cfg=dict(
        custom_keys={'backbone.': dict(lr_mult=0.1, decay_mult=0)}
    ),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, end=1000, by_epoch=False),
    dict(type='CosineAnnealingLR', end=30, convert_to_iter_based=True),
]
