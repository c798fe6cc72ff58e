# Fine-tuning from TOP with FDR.
_base_ = [
    '../../_base_/models/fdr_r50.py',
    '../../_base_/datasets/sysu_288x144.py',
    '../../_base_/schedules/sgd_80e.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        init_cfg=dict(
            type='Pretrained',
            checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_r50_36x2-70e_imagenet-mini-224/epoch_70.pth}}',
            prefix='backbone.',
        ),
        backbone=dict(init_cfg=None),
    )
)
