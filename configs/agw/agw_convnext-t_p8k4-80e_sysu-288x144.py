_base_ = './agw_r50_p8k4-80e_sysu-288x144.py'

model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.ConvNeXt',
            arch='tiny',
            init_cfg=dict(
                type='Pretrained',
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'convnext/convnext-tiny_32xb128_in1k_20221207-998cf3e9.pth',
                prefix='backbone',
            ),
        )
    )
)

# Transformers and ConvNeXt are fine-tuned with AdamW.
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=3.5e-4, weight_decay=0.01)
)
