_base_ = './spnet_r18-half_b8-20e_cuhk-192.py'

model = dict(bbox_head=dict(logits=dict(positive=True)))
