# Figure 8, c0-sep-d128, PT.
_base_ = [
    './spnet_convnext-t_b8-30e_cuhk-512-c0-sep-d128.py',
    '../_base_/backbones/random_convnext.py',
]

model = dict(
    # what a head that the pre-training lacks starts from
    backbone=dict(backbone=dict(init_cfg=_base_.random_init)),
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_convnext-t_b8-30e_coco-512-qc/epoch_30.pth}}'
    ),
)
