# Small crops, for toy scenes of 320x240 pixels and CPUs.
_base_ = ['./coco_persons.py', './pipelines_scenes_192.py']

train_dataloader = dict(
    num_workers=1, dataset=dict(pipeline=_base_.rrc_scale_192)
)
val_dataloader = dict(num_workers=1, dataset=dict(pipeline=_base_.wrs_240))
test_dataloader = val_dataloader
