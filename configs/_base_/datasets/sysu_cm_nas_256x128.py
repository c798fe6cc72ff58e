_base_ = ['./sysu_mm01.py', './pipelines_cm_nas_256x128.py']

train_dataloader = dict(
    batch_size=128,  # 16 identities x (4 visible + 4 infrared)
    batch_sampler=dict(num_ids=16),
    dataset=dict(pipeline=_base_.train_pipeline),
)
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
