# Augmentations of SPNet (WACV 2025, supplement, Sec. 8); crops of 512 pixels.
# A crop about one person or about all.
crop_512 = dict(
    type='RandomChoice',
    transforms=[
        [dict(type='FocusedCrop', crop_size=512)],
        [dict(type='BBoxSafeCrop', crop_size=512)],
    ],
)
# rrc2: scale to the window, then a crop about one person or about all.
rrc2_512 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='mmdet.Resize', scale=(1500, 900), keep_ratio=True),
    dict(type='PadToCrop', crop_size=512, factor=3),
    crop_512,
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
# rrc_scale: the same after a random scale instead of the window.
rrc_scale_512 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='RandomScale', scale_range=(0.5, 2.0)),
    dict(type='PadToCrop', crop_size=512, factor=4),
    crop_512,
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
# wrs: scale to the window.
wrs_900 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='mmdet.Resize', scale=(1500, 900), keep_ratio=True),
    dict(type='PackPersonSearchInputs'),
]
