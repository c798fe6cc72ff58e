# MMGL: warm-up over ten epochs (a reconstruction: the paper gives no length),
# then cosine without restarts. An epoch is one pass over the larger modality.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, begin=0, end=10),
    dict(type='CosineAnnealingLR', begin=10, end=100),
]
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=5)
val_cfg = dict()
test_cfg = dict()

# --auto-scale-lr scales the learning rate by (images per step) / 96.
auto_scale_lr = dict(enable=False, base_batch_size=96)
