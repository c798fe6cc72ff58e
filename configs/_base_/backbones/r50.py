# ResNet-50 (He et al., CVPR 2016). The model's own config says the rest, as
# AGW's has attention in it.
backbone = dict(init_cfg=None)
top = dict(
    type='Pretrained',
    checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_r50_36x2-70e_imagenet-mini-224/epoch_70.pth}}',
    prefix='backbone.',
)
