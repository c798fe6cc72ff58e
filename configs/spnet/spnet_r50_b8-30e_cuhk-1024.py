_base_ = [
    '../_base_/models/spnet_r50.py',
    '../_base_/datasets/cuhk_sysu_1024.py',
    '../_base_/schedules/adamw_spnet_cuhk.py',
    '../_base_/default_runtime.py',
]
