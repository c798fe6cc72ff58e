# Small: one schedule for all toy data, and a teacher that follows sooner.
_base_ = [
    '../../_base_/models/spnet_r18.py',
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
