_base_ = [
    '../_base_/models/mmgl_r50.py',
    '../_base_/datasets/sysu_mmgl_288x144.py',
    '../_base_/schedules/sgd_cosine_100e.py',
    '../_base_/default_runtime.py',
]

default_hooks = dict(
    checkpoint=dict(save_best='permutation/position', rule='greater')
)
custom_hooks = [dict(type='PermutationVisualizationHook')]
