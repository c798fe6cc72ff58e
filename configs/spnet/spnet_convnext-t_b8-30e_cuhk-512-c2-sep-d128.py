# Table 7 and Figure 8, c2-sep-d128.
_base_ = './spnet_convnext-t_b8-30e_cuhk-512.py'

model = dict(roi_head=dict(shared=False), num_refinements=2)
