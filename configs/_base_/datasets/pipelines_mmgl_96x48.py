# MMGL at a small size, for few steps: crop and flip alone. Crops come from
# images that are up to a fifth larger, as a border of zeros would tell the outer
# stripes, and tests are on images of no crop.
# Sizes are (height, width), except mmcv's `scale`, which is (width, height).
image_size = (96, 48)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(
        type='RandomResize',
        scale=image_size[::-1],
        ratio_range=(1.0, 1.2),
    ),
    dict(type='mmpretrain.RandomCrop', crop_size=image_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackCrossModalityInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='PackCrossModalityInputs'),
]
