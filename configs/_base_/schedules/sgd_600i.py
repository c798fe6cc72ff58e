# A small budget for CPUs, from random weights: 20 epochs of 30 steps (the leaf
# sets num_batches=30), one
# learning rate for all parts, warm-up over 60 steps, then cosine.
optim_wrapper = dict(
    optimizer=dict(
        type='SGD', lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=60, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=60, end=600, by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=20, val_interval=20)
val_cfg = dict()
test_cfg = dict()

# --auto-scale-lr scales the learning rate by (images per step) / 64.
auto_scale_lr = dict(enable=False, base_batch_size=64)
