# Table 7 and Figure 8, c2-sep-d2048.
_base_ = './spnet_convnext-t_b8-30e_cuhk-512.py'

model = dict(roi_head=dict(reid_dim=2048, shared=False), num_refinements=2)
