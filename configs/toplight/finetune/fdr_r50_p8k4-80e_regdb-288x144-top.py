_base_ = [
    '../../_base_/models/fdr_r50_top.py',
    '../../_base_/datasets/regdb_288x144.py',
    '../../_base_/schedules/sgd_80e.py',
    '../../_base_/default_runtime.py',
]
