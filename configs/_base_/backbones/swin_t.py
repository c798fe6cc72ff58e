# Swin-T (Liu et al., ICCV 2021); windows are padded.
# `imagenet` and `top` are where the weights of both streams come from.
backbone = dict(_delete_=True, type='mmpretrain.SwinTransformer', arch='tiny')
imagenet = dict(
    type='Pretrained',
    checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
    'swin-transformer/swin_tiny_224_b16x64_300e_imagenet_20210616_090925-66df6be6.pth',
)
top = dict(
    type='Pretrained',
    checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_swin-t_36x2-70e_imagenet-mini-224/epoch_70.pth}}',
    prefix='backbone.',
)
