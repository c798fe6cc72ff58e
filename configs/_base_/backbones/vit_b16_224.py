_base_ = './vit_b16.py'

backbone = dict(img_size=224)
