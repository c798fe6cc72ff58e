_base_ = [
    '../_base_/models/caj_r50.py',
    '../_base_/datasets/sysu_288x144.py',
    '../_base_/datasets/pipelines_caj_288x144.py',
    '../_base_/schedules/sgd_100e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.caj_train_pipeline))
