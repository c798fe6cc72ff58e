_base_ = [
    '../_base_/models/spnet_s.py',
    '../_base_/datasets/cuhk_sysu.py',
    '../_base_/schedules/adamw_spnet_cuhk.py',
    '../_base_/default_runtime.py',
]
