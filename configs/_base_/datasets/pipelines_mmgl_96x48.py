# MMGL at a small size, for a few hundred steps: crop and flip alone. Crops come
# from larger images, as a border of zeros would tell the outer stripes.
# Sizes are (height, width), except mmcv's `scale`, which is (width, height).
image_size = (96, 48)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=(52, 104)),
    dict(type='mmpretrain.RandomCrop', crop_size=image_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackCrossModalityInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='PackCrossModalityInputs'),
]
