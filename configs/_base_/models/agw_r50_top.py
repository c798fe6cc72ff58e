# AGW from TOP's pre-training: only the backbone is carried over.
_base_ = './agw_r50.py'

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
