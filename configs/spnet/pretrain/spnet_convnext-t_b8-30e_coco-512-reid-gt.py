# Table 6, object-centric, re-id GT.
_base_ = './spnet_convnext-t_b8-30e_coco-512.py'

model = dict(roi_head=dict(gt_only=True))
