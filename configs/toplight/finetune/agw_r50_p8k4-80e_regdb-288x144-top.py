# Fine-tuning from TOP: only the backbone is carried over.
_base_ = '../../agw/agw_r50_p8k4-80e_regdb-288x144.py'

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
