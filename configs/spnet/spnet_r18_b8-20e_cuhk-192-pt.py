# From a pre-training on toy scenes.
_base_ = './spnet_r18_b8-20e_cuhk-192.py'

model = dict(
    pretrained=dict(
        checkpoint='{{$SPNET_CHECKPOINT:work_dirs/spnet_r18_b8-20e_coco-192-qc/epoch_20.pth}}'
    )
)
