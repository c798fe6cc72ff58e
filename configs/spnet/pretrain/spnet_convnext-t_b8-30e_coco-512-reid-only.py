# Table 6, re-id only.
_base_ = './spnet_convnext-t_b8-30e_coco-512.py'

model = dict(reid_only=True)
# The dense head has no gradient.
find_unused_parameters = True
