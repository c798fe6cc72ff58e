_base_ = [
    '../_base_/models/cm_nas_r18_half.py',
    '../_base_/datasets/regdb_96x48.py',
    '../_base_/schedules/sgd_600i.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(batch_sampler=dict(num_batches=30))
