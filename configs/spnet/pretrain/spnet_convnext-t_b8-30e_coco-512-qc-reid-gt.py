# Table 6, query-centric, re-id GT.
_base_ = './spnet_convnext-t_b8-30e_coco-512-qc.py'

model = dict(roi_head=dict(gt_only=True))
