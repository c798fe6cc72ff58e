_base_ = [
    '../../_base_/models/cm_nas_r18_half_search.py',
    '../../_base_/datasets/regdb_96x48.py',
    '../../_base_/schedules/sgd_600i.py',
    '../../_base_/schedules/norm_search_600i.py',
    '../../_base_/default_runtime.py',
]

optim_wrapper = _base_.search_optim_wrapper
train_dataloader = dict(
    batch_sampler=dict(
        num_batches=30, **_base_.search_dataloader.batch_sampler
    )
)
default_hooks = _base_.search_hooks
