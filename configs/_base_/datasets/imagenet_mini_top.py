# Two views of each image: one with changed colours takes the visible path, a
# gray and sharp one the infrared path. That crop, flip and deformation are
# drawn for each view alone is a reconstruction.
_base_ = './task_oriented_augmentations.py'

# Sizes are (height, width); a single number is both.
image_size = 224
crop = [
    dict(type='mmpretrain.RandomResizedCrop', scale=image_size),
    dict(type='RandomFlip', prob=0.5),
    _base_.deform,
]
infrared_like = [_base_.compress, _base_.defocus, _base_.sharpen_gray]
pack = dict(type='PackCrossModalityInputs')
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(
        type='Views',
        pipelines=[
            [*crop, _base_.visible_like, pack],
            [*crop, *infrared_like, pack],
        ],
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
        pipeline=train_pipeline,
    ),
)
