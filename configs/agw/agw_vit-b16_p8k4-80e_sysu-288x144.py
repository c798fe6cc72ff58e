_base_ = './agw_r50_p8k4-80e_sysu-288x144.py'

model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.VisionTransformer',
            arch='base',
            img_size=(288, 144),
            init_cfg=dict(
                type='Pretrained',
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'vit/finetune/vit-base-p16_in21k-pre-3rdparty_ft-64xb64_in1k-384_20210928-98e8652b.pth',
                prefix='backbone',
            ),
        )
    )
)

# Transformers and ConvNeXt are fine-tuned with AdamW.
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=3.5e-4, weight_decay=0.01)
)
