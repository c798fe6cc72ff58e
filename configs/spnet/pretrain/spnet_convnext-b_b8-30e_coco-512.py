_base_ = './spnet_convnext-t_b8-30e_coco-512.py'

model = dict(
    backbone=dict(
        backbone=dict(
            arch='base',
            drop_path_rate=0.5,
            init_cfg=dict(
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'convnext/convnext-base_32xb128_in1k_20221207-fbdb5eb9.pth'
            ),
        )
    )
)
