# Small crops, for toy scenes of 320x240 pixels and CPUs.
_base_ = ['./prw.py', './pipelines_scenes_192.py']

train_dataloader = dict(num_workers=1, dataset=dict(pipeline=_base_.rrc2_192))
test_dataloader = dict(num_workers=1, dataset=dict(pipeline=_base_.wrs_240))
val_dataloader = test_dataloader
