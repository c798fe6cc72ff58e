# And the fake domains: all of TOP. In so few steps the reversal goes up to 0.3
# only, instead of 1.
_base_ = './top_r18_32x2-500i_imagenet-mini-96-consistency.py'

model = dict(heads=dict(domain=dict(type='FakeDomainHead')))
custom_hooks = [
    dict(type='ChannelsLastHook'),
    dict(
        type='ScheduledAttributeHook',
        target='heads.domain.reversal.strength',
        schedule={0: 0.0, 'end': 0.3},
        by_epoch=False,
        form='sigmoid',
    ),
]
