_base_ = [
    '../_base_/models/agw_r50.py',
    '../_base_/backbones/convnext_t.py',
    '../_base_/datasets/regdb_288x144.py',
    '../_base_/schedules/adamw_80e.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=dict(backbone=_base_.backbone, init_cfg=_base_.imagenet))
