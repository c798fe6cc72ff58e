# SPNet, fine-tuning: AdamW, 30 epochs of batches of 8, in which gradients are
# cut at a norm of 10. The paper trains in mixed precision (--amp).
optim_wrapper = dict(
    optimizer=dict(type='AdamW', lr=1e-4, weight_decay=5e-4),
    clip_grad=dict(max_norm=10),
)
train_cfg = dict(by_epoch=True, max_epochs=30, val_interval=5)
val_cfg = dict(type='PersonSearchTestLoop', phase='val')
test_cfg = dict(type='PersonSearchTestLoop')

# --auto-scale-lr scales the learning rate by (images per step) / 8.
auto_scale_lr = dict(enable=False, base_batch_size=8)
