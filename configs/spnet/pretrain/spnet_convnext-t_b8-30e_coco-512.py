_base_ = [
    '../../_base_/models/spnet_s.py',
    '../../_base_/datasets/coco_persons.py',
    '../../_base_/schedules/adamw_spnet_coco.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    bbox_head=dict(path=dict(anchors_per_image=256)),
    roi_head=dict(
        loss_reid=dict(
            _delete_=True, type='MomentumQueueLoss', queue_size=65536
        )
    ),
    teacher_momentum=0.9999,
)
