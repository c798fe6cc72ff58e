# Not in the paper: another backbone, of stride 32, from random weights.
_base_ = [
    '../_base_/models/mmgl_r50.py',
    '../_base_/backbones/convnext_t.py',
    '../_base_/backbones/random_convnext.py',
    '../_base_/datasets/sysu_mmgl_384x192.py',
    '../_base_/schedules/sgd_cosine_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        backbone=dict(**_base_.backbone, init_cfg=_base_.random_init)
    )
)
default_hooks = dict(
    checkpoint=dict(save_best='permutation/position', rule='greater')
)
custom_hooks = [dict(type='PermutationVisualizationHook')]
