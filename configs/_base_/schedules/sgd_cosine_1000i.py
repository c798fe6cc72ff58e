# Plain classification on a CPU from random weights: 1000 steps of 64 images.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=100, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=100, end=1000, by_epoch=False),
]
train_cfg = dict(by_epoch=False, max_iters=1000)

# --auto-scale-lr scales the learning rate by (images per step) / 64.
auto_scale_lr = dict(enable=False, base_batch_size=64)
