# And the consistency of both views.
_base_ = './top_r18_32x2-500i_imagenet-mini-96-aug.py'

model = dict(heads=dict(id=dict(type='ConsistentIdentityHead')))
