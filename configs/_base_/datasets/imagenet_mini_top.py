# Two views of each image: one with changed colours takes the visible path, a
# gray and sharp one the infrared path.
_base_ = './task_oriented_augmentations.py'

# Sizes are (height, width); a single number is both. Every image is cropped:
# the probability of 0.5 is taken for that of the flip (a reconstruction).
image_size = 224
crop = [
    dict(type='mmpretrain.RandomResizedCrop', scale=image_size),
    dict(type='RandomFlip', prob=0.5),
    _base_.deform,
]
load = dict(type='LoadImageFromFile')
# Table 1b gives crop, flip and deformation to "all paths", which leaves open
# whether both views share one draw. Both are reconstructions: a leaf chooses
# by train_dataloader = dict(dataset=dict(pipeline=_base_.separate_pipeline)).
paired_pipeline = [load, *crop, _base_.two_paths]
separate_pipeline = [
    load,
    dict(
        type='Views',
        pipelines=[[*crop, *path] for path in _base_.two_paths.pipelines],
        modalities=(0, 1),
    ),
]
train_dataloader = dict(
    batch_size=36,  # images, each with two views
    num_workers=8,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='mmvireid.collate_views'),
    dataset=dict(
        type='ImageNetSubset',
        data_root='{{$IMAGENET_MINI_ROOT:data/imagenet_mini/train}}',
        pipeline=paired_pipeline,
    ),
)
