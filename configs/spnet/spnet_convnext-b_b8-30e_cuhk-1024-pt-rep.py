# SPNet-L as published: pre-trained weights in all stages.
_base_ = './spnet_convnext-b_b8-30e_cuhk-1024.py'

model = dict(
    backbone=dict(backbone=dict(init_cfg=None)),
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_convnext-b_b8-30e_coco-512-qc/epoch_30.pth}}',
        replicate=True,
    ),
)
