# Table 7 and Figure 7, query-centric: one learning rate.
_base_ = './spnet_convnext-t_b8-30e_coco-512-qc.py'

optim_wrapper = dict(paramwise_cfg=None)
