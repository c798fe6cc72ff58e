# Table 5, random initialisation.
_base_ = [
    './spnet_convnext-t_b8-30e_prw-512.py',
    '../_base_/backbones/random_convnext.py',
]

model = dict(backbone=dict(backbone=dict(init_cfg=_base_.random_init)))
