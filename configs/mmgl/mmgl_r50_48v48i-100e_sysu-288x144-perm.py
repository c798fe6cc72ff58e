# Table V of the paper: permutation recovery alone.
_base_ = './mmgl_r50_48v48i-100e_sysu-288x144.py'

model = dict(
    neck=dict(_delete_=True, type='PoolingNeck'),
    heads=dict(cycle=None, position=None),
)
