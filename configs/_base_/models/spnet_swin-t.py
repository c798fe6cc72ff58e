_base_ = './spnet_s.py'

model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.SwinTransformer',
            arch='tiny',
            # raw outputs, as those of ConvNeXt
            norm_cfg=None,
            out_indices=(1, 2, 3),
            drop_path_rate=0.2,
            init_cfg=dict(
                type='Pretrained',
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'swin-transformer/swin_tiny_224_b16x64_300e_imagenet_20210616_090925-66df6be6.pth',
                prefix='backbone',
            ),
        )
    )
)
