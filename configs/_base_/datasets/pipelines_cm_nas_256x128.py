# Pad, crop, flip and erase for training (Fu et al., ICCV 2021); resize for
# testing. The box is filled with ImageNet's mean after normalisation.
image_size = (256, 128)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='mmpretrain.RandomCrop', crop_size=image_size, padding=10),
    dict(type='RandomFlip', prob=0.5),
    dict(type='ChannelRandomErasing', fill=(0.485, 0.456, 0.406)),
    dict(type='PackCrossModalityInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=image_size[::-1]),
    dict(type='PackCrossModalityInputs'),
]
