# Table 8, query-centric from a pre-training.
_base_ = './spnet_convnext-t_b8-30e_prw-512-qc.py'

model = dict(
    backbone=dict(backbone=dict(init_cfg=None)),
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_convnext-t_b8-30e_coco-512-qc/epoch_30.pth}}'
    ),
)
