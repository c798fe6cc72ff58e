# Fu et al., ICCV 2021: warm-up from a hundredth over ten epochs, a tenth from
# epoch 40 and a hundredth from epoch 70 on; the backbone at a tenth of that.
optim_wrapper = dict(
    optimizer=dict(
        type='Adam', lr=0.01, betas=(0.5, 0.999), weight_decay=5e-4
    ),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.1))),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, begin=0, end=11),
    dict(type='MultiStepLR', milestones=[40, 70], gamma=0.1),
]
train_cfg = dict(by_epoch=True, max_epochs=120, val_interval=10)
val_cfg = dict()
test_cfg = dict()

# --auto-scale-lr scales the learning rate by (images per step) / 128.
auto_scale_lr = dict(enable=False, base_batch_size=128)
