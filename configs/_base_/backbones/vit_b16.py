# ViT-B/16 (Dosovitskiy et al., ICLR 2021) with the weights of DeiT (Touvron et
# al., ICML 2021): as in the paper from ImageNet-1k alone at 224x224, and the
# images are normalised as for the other backbones. Loading resizes the position
# embeddings.
# `imagenet` and `top` are where the weights of both streams come from.
backbone = dict(
    _delete_=True,
    type='mmpretrain.VisionTransformer',
    arch='base',
    img_size=(288, 144),
)
imagenet = dict(
    type='Pretrained',
    checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
    'deit/deit-base_pt-16xb64_in1k_20220216-db63c16c.pth',
)
top = dict(
    type='Pretrained',
    checkpoint='{{$TOP_CHECKPOINT:work_dirs/top_vit-b16_36x2-70e_imagenet-mini-224/epoch_70.pth}}',
    prefix='backbone.',
)
