_base_ = [
    '../_base_/models/spnet_r18_half.py',
    '../_base_/datasets/cuhk_sysu_192.py',
    '../_base_/schedules/adamw_spnet_toy.py',
    '../_base_/default_runtime.py',
]
