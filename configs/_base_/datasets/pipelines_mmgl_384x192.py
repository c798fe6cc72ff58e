# For backbones of stride 32: 12 rows of the feature map, two for each of six
# stripes.
_base_ = './pipelines_mmgl_288x144.py'

image_size = (384, 192)
resize = dict(type='Resize', scale=image_size[::-1])
train_pipeline = [
    _base_.train_pipeline[0],
    resize,
    dict(type='mmpretrain.RandomCrop', crop_size=image_size, padding=10),
    *_base_.train_pipeline[3:],
]
test_pipeline = [_base_.test_pipeline[0], resize, _base_.test_pipeline[2]]
