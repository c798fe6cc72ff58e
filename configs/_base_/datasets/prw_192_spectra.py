# Scenes in both spectra: search for infrared persons in visible scenes and
# back. The scenes were converted with infrared cameras.
_base_ = ['./prw_192.py']

test_evaluator = dict(
    protocol=dict(cameras=('any',), directions=('v2i', 'i2v'))
)
val_evaluator = test_evaluator
