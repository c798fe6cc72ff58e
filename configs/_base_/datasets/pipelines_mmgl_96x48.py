# MMGL: pad, crop, flip, AugMix and erasing. The stripes are shuffled after
# all of these, on the device, by the data preprocessor.
# Sizes are (height, width), except mmcv's `scale`, which is (width, height).
image_size = (96, 48)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='mmpretrain.RandomCrop', crop_size=image_size, padding=4),
    dict(type='RandomFlip', prob=0.5),
    dict(type='mmpretrain.NumpyToPIL', to_rgb=True),
    dict(type='mmpretrain.torchvision/AugMix', severity=3, mixture_width=3),
    dict(type='mmpretrain.PILToNumpy', to_bgr=True),
    dict(type='ChannelRandomErasing'),
    dict(type='PackCrossModalityInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='PackCrossModalityInputs'),
]
