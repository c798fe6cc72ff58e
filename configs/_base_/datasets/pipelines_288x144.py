# Pad, crop and flip for training (Ye et al., TPAMI 2021); resize for testing.
# Sizes are (height, width), except mmcv's `scale`, which is (width, height).
image_size = (288, 144)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='mmpretrain.RandomCrop', crop_size=image_size, padding=10),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackCrossModalityInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='PackCrossModalityInputs'),
]
