_base_ = [
    '../../../caj/caj_r50_p8k4-100e_sysu-288x144.py',
    '../../../_base_/backbones/r50.py',
]

model = dict(backbone=dict(backbone=_base_.backbone, init_cfg=_base_.top))
