# The common baseline: separate stems, one body, BNNeck, identity and triplet
# losses.
model = dict(
    type='CrossModalityModel',
    data_preprocessor=dict(type='CrossModalityDataPreprocessor'),
    backbone=dict(
        type='TwoStream',
        specific='stem',
        backbone=dict(
            type='mmpretrain.ResNet',
            depth=50,
            init_cfg=dict(
                type='Pretrained', checkpoint='torchvision://resnet50'
            ),
        ),
    ),
    neck=dict(
        type='BNNeck', pooling=dict(type='mmpretrain.GlobalAveragePooling')
    ),
    heads=dict(
        id=dict(type='IdentityHead'),
        triplet=dict(
            type='MetricLossHead', loss=dict(type='HardTriplet', margin=0.3)
        ),
    ),
)
