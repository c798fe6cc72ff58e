# Adaptation on a CPU: 500 steps of 32 images with two views; cosine, no warm-up.
_base_ = './sgd_cosine_1000i.py'

optim_wrapper = dict(optimizer=dict(lr=0.02))
param_scheduler = [dict(type='CosineAnnealingLR', end=500, by_epoch=False)]
train_cfg = dict(max_iters=500)
auto_scale_lr = dict(base_batch_size=32)
