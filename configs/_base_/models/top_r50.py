# TOPLight's task-oriented pre-training: a classifier of fake visible and fake
# infrared views of one image. Both stems start from the same ImageNet weights.
_base_ = './two_stream_r50.py'

model = dict(
    backbone=dict(backbone=dict(strides=(1, 2, 2, 2))),
    neck=dict(type='PoolingNeck'),
    heads=dict(
        _delete_=True,
        # The weight makes the mean over both views a sum of two means.
        id=dict(
            type='ConsistentIdentityHead', feature='global', loss_weight=2.0
        ),
        domain=dict(type='FakeDomainHead'),
    ),
    test_cfg=dict(features=['global']),
)

# The gradient reversal grows with training; its course is a reconstruction.
custom_hooks = [
    dict(
        type='ScheduledAttributeHook',
        target='heads.domain.reversal.strength',
        schedule={0: 0.0, 'end': 1.0},
        form='sigmoid',
    )
]
