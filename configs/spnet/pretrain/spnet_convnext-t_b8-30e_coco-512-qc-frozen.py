# Table 7 and Figure 7, query-centric: frozen backbone.
_base_ = './spnet_convnext-t_b8-30e_coco-512-qc.py'

model = dict(backbone=dict(backbone=dict(frozen_stages=4)))
