_base_ = [
    '../_base_/models/caj_r18.py',
    '../_base_/datasets/regdb_96x48.py',
    '../_base_/datasets/pipelines_caj_96x48.py',
    '../_base_/schedules/sgd_400i.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_sampler=dict(num_batches=20),
    dataset=dict(pipeline=_base_.caj_train_pipeline),
)
