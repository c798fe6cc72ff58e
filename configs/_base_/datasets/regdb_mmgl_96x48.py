_base_ = ['./regdb_mmgl.py', './pipelines_mmgl_96x48.py']

train_dataloader = dict(
    num_workers=2, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(
    num_workers=2, dataset=dict(pipeline=_base_.test_pipeline)
)
test_dataloader = dict(
    num_workers=2, dataset=dict(pipeline=_base_.test_pipeline)
)
