_base_ = './agw_r50_p8k4-80e_sysu-288x144.py'

model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.SwinTransformer',
            arch='tiny',
            init_cfg=dict(
                type='Pretrained',
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'swin-transformer/swin_tiny_224_b16x64_300e_imagenet_20210616_090925-66df6be6.pth',
                prefix='backbone',
            ),
        )
    )
)

# Transformers and ConvNeXt are fine-tuned with AdamW.
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=3.5e-4, weight_decay=0.01)
)
