# Figure 8, c2-sep-d2048, PT-Rep.
_base_ = './spnet_convnext-t_b8-30e_cuhk-512-c2-sep-d2048.py'

model = dict(
    backbone=dict(backbone=dict(init_cfg=None)),
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_convnext-t_b8-30e_coco-512-qc/epoch_30.pth}}',
        replicate=True,
    ),
)
