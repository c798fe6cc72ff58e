_base_ = '../../../agw/agw_r18_p8k4-400i_regdb-96x48.py'

model = dict(
    backbone=dict(
        init_cfg=dict(
            type='Pretrained',
            checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_r18_32x2-500i_imagenet-mini-96/iter_500.pth}}',
            prefix='backbone.',
        )
    )
)
