_base_ = [
    '../../_base_/models/spnet_s.py',
    '../../_base_/datasets/coco_persons.py',
    '../../_base_/schedules/adamw_spnet_coco.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        backbone=dict(
            arch='base',
            drop_path_rate=0.5,
            init_cfg=dict(
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'convnext/convnext-base_32xb128_in1k_20221207-fbdb5eb9.pth'
            ),
        )
    ),
    bbox_head=dict(path=dict(anchors_per_image=256)),
    roi_head=dict(
        loss_reid=dict(
            _delete_=True, type='MomentumQueueLoss', queue_size=65536
        )
    ),
    teacher_momentum=0.9999,
)
