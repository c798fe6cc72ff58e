# Table 7 and Figure 7, object-centric: frozen backbone.
_base_ = './spnet_convnext-t_b8-30e_coco-512.py'

model = dict(backbone=dict(backbone=dict(frozen_stages=4)))
