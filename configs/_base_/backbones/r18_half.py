# A ResNet-18 of half the width, small enough for a CPU, from random weights.
_base_ = './random_resnet.py'

r18_half = dict(
    depth=18,
    base_channels=32,
    stem_channels=32,
    init_cfg=_base_.random_init,
)
