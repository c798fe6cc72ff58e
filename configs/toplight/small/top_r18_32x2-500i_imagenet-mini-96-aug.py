# And task-oriented augmentation.
_base_ = './top_r18_32x2-500i_imagenet-mini-96-plain.py'

train_dataloader = dict(dataset=dict(pipeline=_base_.top_pipeline))
