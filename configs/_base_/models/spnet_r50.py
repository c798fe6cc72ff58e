# SPNet's benchmark on ResNet-50; its batch norms are live.
_base_ = './spnet_s.py'

model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.ResNet',
            depth=50,
            strides=(1, 2, 2, 2),
            out_indices=(1, 2, 3),
            init_cfg=dict(
                type='Pretrained', checkpoint='torchvision://resnet50'
            ),
        )
    )
)
