# TOPLight, supplement, Table 1a, convolutional networks: cosine, no warm-up.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=5e-5)
)
param_scheduler = [dict(type='CosineAnnealingLR', end=70)]
train_cfg = dict(by_epoch=True, max_epochs=70)

# --auto-scale-lr scales the learning rate by (images per step) / 36.
auto_scale_lr = dict(enable=False, base_batch_size=36)
