# Tables 5, 6, 8 and Figure 7: from a pre-training, any of pretrain/.
_base_ = './spnet_convnext-t_b8-30e_prw-512.py'

model = dict(
    backbone=dict(backbone=dict(init_cfg=None)),
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_convnext-t_b8-30e_coco-512-qc/epoch_30.pth}}'
    ),
)
