# Small: a few epochs of the toy data's schedule, and a teacher that follows
# sooner.
_base_ = [
    '../../_base_/models/spnet_r18_half.py',
    '../../_base_/datasets/coco_persons_192.py',
    '../../_base_/schedules/adamw_spnet_toy.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    bbox_head=dict(path=dict(anchors_per_image=64)),
    roi_head=dict(
        loss_reid=dict(
            _delete_=True, type='MomentumQueueLoss', queue_size=4096
        )
    ),
    teacher_momentum=0.99,
)
param_scheduler = [
    _base_.param_scheduler[0],
    dict(_base_.param_scheduler[1], end=8),
]
train_cfg = dict(max_epochs=8, val_interval=8)
