_base_ = [
    './plain_r18_64-1000i_imagenet-mini-96.py',
    '../../_base_/backbones/mobilenetv3_s.py',
]

model = dict(backbone=dict(backbone=_base_.backbone))
