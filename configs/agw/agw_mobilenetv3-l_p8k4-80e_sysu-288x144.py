_base_ = './agw_r50_p8k4-80e_sysu-288x144.py'

model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.MobileNetV3',
            arch='large',
            init_cfg=dict(
                type='Pretrained',
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'mobilenet_v3/mobilenet-v3-large_8xb128_in1k_20221114-0ed9ed9a.pth',
                prefix='backbone',
            ),
        )
    )
)
