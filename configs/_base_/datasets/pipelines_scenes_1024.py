# SPNet-L's augmentation (WACV 2025, supplement, Sec. 8); crops of 1024 pixels.
# A crop about one person or about all.
crop_1024 = dict(
    type='RandomChoice',
    transforms=[
        [dict(type='FocusedCrop', crop_size=1024)],
        [dict(type='BBoxSafeCrop', crop_size=1024)],
    ],
)
# rrc2: scale to the window, then a crop about one person or about all.
rrc2_1024 = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadPersonAnnotations'),
    dict(type='mmdet.Resize', scale=(1500, 900), keep_ratio=True),
    dict(type='PadToCrop', crop_size=1024, factor=3),
    crop_1024,
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='PackPersonSearchInputs'),
]
