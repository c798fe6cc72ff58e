_base_ = [
    '../baseline/baseline_two-stream-convnext-t_p8k4-80e_sysu-288x144-top.py',
    '../../../_base_/models/fdr.py',
]

model = dict(neck=_base_.fdr_neck, heads=_base_.fdr_heads)
