# MobileNetV3-S (Howard et al., ICCV 2019).
# `imagenet` and `top` are where the weights of both streams come from.
backbone = dict(_delete_=True, type='mmpretrain.MobileNetV3', arch='small')
imagenet = dict(
    type='Pretrained',
    checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
    'mobilenet_v3/mobilenet-v3-small_8xb128_in1k_20221114-bd1bfcde.pth',
)
top = dict(
    type='Pretrained',
    checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_mobilenetv3-s_36x2-70e_imagenet-mini-224/epoch_70.pth}}',
    prefix='backbone.',
)
