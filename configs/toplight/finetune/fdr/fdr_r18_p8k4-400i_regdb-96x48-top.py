_base_ = [
    '../agw/agw_r18_p8k4-400i_regdb-96x48-top.py',
    '../../../_base_/models/fdr.py',
]

model = dict(neck=_base_.fdr_neck, heads=_base_.fdr_heads)
