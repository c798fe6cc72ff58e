# SPNet's augmentations for toy scenes of 320x240; crops of 192 pixels.
# rrc2: scale to the window, then a crop about one person or about all.
rrc2_192 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='WindowResize', short_side=240, long_side=320),
    dict(type='PadToCrop', crop_size=192, factor=3),
    dict(
        type='RandomChoice',
        transforms=[
            [dict(type='FocusedCrop', crop_size=192)],
            [dict(type='BBoxSafeCrop', crop_size=192)],
        ],
    ),
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
# rrc_scale: the same after a random scale instead of the window.
rrc_scale_192 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='RandomScale', scale_range=(0.5, 2.0)),
    dict(type='PadToCrop', crop_size=192, factor=4),
    dict(
        type='RandomChoice',
        transforms=[
            [dict(type='FocusedCrop', crop_size=192)],
            [dict(type='BBoxSafeCrop', crop_size=192)],
        ],
    ),
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
# wrs: scale to the window.
wrs_240 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='WindowResize', short_side=240, long_side=320),
    dict(type='PackPersonSearchInputs'),
]
