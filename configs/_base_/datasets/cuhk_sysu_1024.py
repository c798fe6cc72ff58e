# Crops of 1024 pixels, for SPNet-L.
_base_ = ['./cuhk_sysu.py', './pipelines_scenes_1024.py']

train_dataloader = dict(dataset=dict(pipeline=_base_.rrc2_1024))
