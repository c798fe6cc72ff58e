_base_ = [
    '../_base_/models/top_r50.py',
    '../_base_/backbones/swin_t.py',
    '../_base_/datasets/imagenet_mini_top.py',
    '../_base_/schedules/sgd_cosine_70e_transformer.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=dict(backbone=_base_.backbone, init_cfg=_base_.imagenet))
