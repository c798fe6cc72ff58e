# Two views of each image: one with changed colours takes the visible path, a
# gray and sharp one the infrared path (TOPLight, supplement, Table 1b). How
# strong each change is, is a reconstruction, and that crop, flip and
# deformation are drawn for each view alone.
# Sizes are (height, width); a single number is both.
image_size = 224
crop = [
    dict(type='mmpretrain.RandomResizedCrop', scale=image_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='Deform', prob=0.2),
]
visible_like = [
    dict(
        type='RandomChoice',
        transforms=[
            [
                dict(
                    type='mmpretrain.ColorJitter',
                    brightness=0.4,
                    contrast=0.4,
                    saturation=0.4,
                    hue=0.1,
                )
            ],
            [dict(type='ChannelShuffle')],
            [dict(type='RGBShift')],
        ],
    )
]
infrared_like = [
    dict(type='Compress', prob=0.2),
    dict(type='Defocus', prob=0.2),
    dict(type='SharpenGray', prob=1.0),
]
pack = dict(type='PackCrossModalityInputs')
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(
        type='Views',
        pipelines=[
            [*crop, *visible_like, pack],
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
