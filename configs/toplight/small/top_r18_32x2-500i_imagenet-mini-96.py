# And the fake domains: all of TOP.
_base_ = './top_r18_32x2-500i_imagenet-mini-96-consistency.py'

model = dict(heads=dict(domain=dict(type='FakeDomainHead')))
custom_hooks = [
    dict(type='ChannelsLastHook'),
    dict(
        type='ScheduledAttributeHook',
        target='heads.domain.reversal.strength',
        schedule={0: 0.0, 500: 0.3},
        by_epoch=False,
        form='sigmoid',
    ),
]
