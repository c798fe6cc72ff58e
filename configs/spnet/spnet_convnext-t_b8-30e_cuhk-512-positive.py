# Table 9, FixedNorm logits (+).
_base_ = './spnet_convnext-t_b8-30e_cuhk-512.py'

model = dict(bbox_head=dict(logits=dict(positive=True)))
