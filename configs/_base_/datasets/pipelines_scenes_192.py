# SPNet's augmentations for toy scenes of 320x240; crops of 192 pixels.
# A crop about one person or about all.
crop_192 = dict(
    type='RandomChoice',
    transforms=[
        [dict(type='FocusedCrop', crop_size=192)],
        [dict(type='BBoxSafeCrop', crop_size=192)],
    ],
)
# rrc2: scale to the window, then a crop about one person or about all.
rrc2_192 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='mmdet.Resize', scale=(320, 240), keep_ratio=True),
    dict(type='PadToCrop', crop_size=192, factor=2),
    crop_192,
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
# rrc_scale: the same after a random scale instead of the window.
rrc_scale_192 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='RandomScale', scale_range=(0.5, 2.0)),
    dict(type='PadToCrop', crop_size=192, factor=4),
    crop_192,
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
# wrs: scale to the window.
wrs_240 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='mmdet.Resize', scale=(320, 240), keep_ratio=True),
    dict(type='PackPersonSearchInputs'),
]
