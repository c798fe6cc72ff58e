_base_ = [
    './agw_r18_p8k4-400i_regdb-96x48-top.py',
    '../../../_base_/backbones/mobilenetv3_s.py',
]

model = dict(
    backbone=dict(
        backbone=_base_.backbone,
        init_cfg=dict(
            checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_mobilenetv3-s_32x2-500i_imagenet-mini-96/iter_500.pth}}'
        ),
    )
)
