# Table 7 and Figure 8, c0-sep-d128.
_base_ = './spnet_convnext-t_b8-30e_cuhk-512.py'

model = dict(roi_head=dict(shared=False))
# The head of localisation has no gradient.
find_unused_parameters = True
