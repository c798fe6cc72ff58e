# How a ResNet starts from random weights, as torchvision's: `init_cfg=None`
# would leave the convolutions as torch makes them, which are less than half as
# large.
random_init = [
    dict(type='Kaiming', layer=['Conv2d']),
    dict(type='Constant', val=1, layer=['_BatchNorm', 'GroupNorm']),
]
