_base_ = [
    './top_r18_32x2-500i_imagenet-mini-96-plain.py',
    '../../_base_/backbones/mobilenetv3_s.py',
]

model = dict(
    backbone=dict(
        backbone=_base_.backbone,
        init_cfg=dict(
            checkpoint='{{$PLAIN_CHECKPOINT:work_dirs/plain_mobilenetv3-s_64-1000i_imagenet-mini-96/iter_1000.pth}}'
        ),
    )
)
