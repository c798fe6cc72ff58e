_base_ = [
    '../caj/caj_r50_p8k4-100e_sysu-288x144-top.py',
    '../../../_base_/models/fdr.py',
]

model = dict(neck=_base_.fdr_neck, heads=_base_.fdr_heads)
