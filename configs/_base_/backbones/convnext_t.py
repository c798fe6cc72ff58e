# ConvNeXt-T (Liu et al., CVPR 2022).
# `imagenet` and `top` are where the weights of both streams come from.
backbone = dict(_delete_=True, type='mmpretrain.ConvNeXt', arch='tiny')
imagenet = dict(
    type='Pretrained',
    checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
    'convnext/convnext-tiny_32xb128_in1k_20221207-998cf3e9.pth',
)
top = dict(
    type='Pretrained',
    checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_convnext-t_36x2-70e_imagenet-mini-224/epoch_70.pth}}',
    prefix='backbone.',
)
