# TOPLight's task-oriented pre-training: a classifier of fake visible and fake
# infrared views of one image. Both stems start from the same ImageNet weights.
model = dict(
    type='CrossModalityModel',
    data_preprocessor=dict(type='CrossModalityDataPreprocessor'),
    backbone=dict(
        type='TwoStream',
        specific='stem',
        backbone=dict(
            type='mmpretrain.ResNet',
            depth=50,
            strides=(1, 2, 2, 2),
            init_cfg=dict(
                type='Pretrained', checkpoint='torchvision://resnet50'
            ),
        ),
    ),
    neck=dict(
        type='PoolingNeck',
        pooling=dict(type='mmpretrain.GlobalAveragePooling'),
    ),
    heads=dict(
        # The weight makes the mean over both views a sum of two means.
        id=dict(
            type='ConsistentIdentityHead', feature='global', loss_weight=2.0
        ),
        domain=dict(type='FakeDomainHead'),
    ),
    test_cfg=dict(features=['global']),
)
