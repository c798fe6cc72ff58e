# From a pre-training on toy scenes.
_base_ = './spnet_r18-half_b8-20e_cuhk-192.py'

model = dict(
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_r18-half_b8-8e_coco-192-qc/epoch_8.pth}}'
    )
)
