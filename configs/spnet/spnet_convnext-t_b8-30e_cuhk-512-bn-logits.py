# Table 9, BatchNorm logits (-).
_base_ = './spnet_convnext-t_b8-30e_cuhk-512.py'

model = dict(bbox_head=dict(logits=dict(type='BatchNormLogits')))
