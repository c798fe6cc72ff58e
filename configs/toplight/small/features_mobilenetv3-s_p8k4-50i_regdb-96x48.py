_base_ = [
    './features_r18_p8k4-50i_regdb-96x48.py',
    '../../_base_/backbones/mobilenetv3_s.py',
]

model = dict(backbone=dict(backbone=_base_.backbone))
