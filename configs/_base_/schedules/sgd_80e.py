# Ye et al., TPAMI 2021: warm-up over ten epochs, a tenth from epoch 20 and a
# hundredth from epoch 50 on; the backbone at a tenth of all that. Their
# epochs 0 to 80 are 81.
optim_wrapper = dict(
    optimizer=dict(
        type='SGD', lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True
    ),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.1))),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, begin=0, end=10),
    dict(type='MultiStepLR', milestones=[20, 50], gamma=0.1),
]

train_cfg = dict(by_epoch=True, max_epochs=81, val_interval=10)
val_cfg = dict()
test_cfg = dict()

# --auto-scale-lr scales the learning rate by (images per step) / 64.
auto_scale_lr = dict(enable=False, base_batch_size=64)
