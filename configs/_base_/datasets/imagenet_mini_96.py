# Small images for CPUs, in three pipelines: one plain view, two plain views,
# and TOP's two views (see imagenet_mini_top.py).
_base_ = './task_oriented_augmentations.py'

load = dict(type='LoadImageFromFile')
crop = [
    dict(
        type='mmpretrain.RandomResizedCrop',
        scale=96,
        crop_ratio_range=(0.3, 1.0),
    ),
    dict(type='RandomFlip', prob=0.5),
]
plain_view = [*crop, _base_.pack]
one_view_pipeline = [
    load,
    dict(type='Views', pipelines=[plain_view], modalities=(0,)),
]
two_views_pipeline = [
    load,
    dict(type='Views', pipelines=[plain_view, plain_view], modalities=(0, 1)),
]
# Both of TOP's views show the same part of the image: with crops of their own,
# consistency teaches the network in so few steps to forget where things are.
top_pipeline = [load, *crop, _base_.deform, _base_.two_paths]
train_dataloader = dict(
    batch_size=64,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    collate_fn=dict(type='mmvireid.collate_views'),
    dataset=dict(
        type='ImageNetSubset',
        data_root='{{$IMAGENET_MINI_ROOT:data/imagenet_mini/train}}',
        pipeline=one_view_pipeline,
    ),
)
