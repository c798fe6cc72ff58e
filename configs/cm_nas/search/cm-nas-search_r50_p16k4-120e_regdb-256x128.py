_base_ = [
    '../../_base_/models/cm_nas_r50_search.py',
    '../../_base_/datasets/regdb_cm_nas_256x128.py',
    '../../_base_/schedules/adam_120e.py',
    '../../_base_/schedules/norm_search.py',
    '../../_base_/default_runtime.py',
]

optim_wrapper = _base_.search_optim_wrapper
train_dataloader = _base_.search_dataloader
default_hooks = _base_.search_hooks
